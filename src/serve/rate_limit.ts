/**
 * Requests a second of one client: a bucket that fills at that rate and holds two seconds' worth.
 *
 * @module
 */
import { Refusal } from "./refusal.ts";

/** Clients that are remembered. */
const CLIENTS_MOST = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Limits requests by client. */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #burst: number;

  /** Requests a second, more than 0. */
  constructor(private readonly rate: number) {
    this.#burst = Math.max(rate * 2, 1);
  }

  /** The refusal of a request that is one too many, else undefined; `now` in milliseconds. */
  refusal(client: string, now: number): Refusal | undefined {
    let bucket = this.#buckets.get(client);
    if (bucket === undefined) {
      if (this.#buckets.size >= CLIENTS_MOST) this.#forget(now);
      bucket = { tokens: this.#burst, at: now };
      this.#buckets.set(client, bucket);
    }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (now - bucket.at) / 1000 * this.rate);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return undefined;
    }
    const wait = Math.max(Math.ceil((1 - bucket.tokens) / this.rate), 1);
    return new Refusal(429, "TOOMANYREQUESTS", "Too many requests", { headers: { "retry-after": String(wait) } });
  }

  /** Full buckets are those of clients that are as good as new; where there are none all are forgotten. */
  #forget(now: number): void {
    for (const [client, { tokens, at }] of this.#buckets) {
      if (tokens + (now - at) / 1000 * this.rate >= this.#burst) this.#buckets.delete(client);
    }
    if (this.#buckets.size >= CLIENTS_MOST) this.#buckets.clear();
  }
}
