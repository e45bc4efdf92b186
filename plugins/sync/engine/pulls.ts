/**
 * Pulls that registries still allow, as their RateLimit headers say, and registries that asked to be left alone for a while.
 *
 * @module
 */
import type { Clock, RateLimit } from "../../../src/mod.ts";

/** Longest that a registry is left alone at a time after it refused with 429 and did not say for how long, milliseconds. */
const PAUSE_MOST = 15 * 60_000;
/** The first such pause. */
const PAUSE_FIRST = 30_000;

interface Known {
  limit: RateLimit;
  /** When the window ends, milliseconds since 1970; 0 where the registry does not say. */
  resetsAt: number;
}

/** What is known of the pulls of all registries. */
export class Pulls {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #reserved = new Map<string, number>();
  readonly #paused = new Map<string, { until: number; refusals: number }>();

  /** Knows nothing yet. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes what a registry said. */
  note(registry: string, limit: RateLimit): void {
    this.#known.set(registry, { limit, resetsAt: limit.reset > 0 ? this.#clock.now() + limit.reset * 1000 : 0 });
  }

  /** What a registry said last; undefined where it said nothing. */
  limitOf(registry: string): RateLimit | undefined {
    return this.#known.get(registry)?.limit;
  }

  /** What all registries said last, by name. */
  *all(): Generator<readonly [string, RateLimit]> {
    for (const [registry, { limit }] of this.#known) yield [registry, limit];
  }

  /** Pulls that are left when all that is at work is done; undefined where the registry says nothing. */
  left(registry: string): number | undefined {
    const known = this.#known.get(registry);
    return known === undefined ? undefined : known.limit.remain - (this.#reserved.get(registry) ?? 0);
  }

  /** Milliseconds until the registry allows more; undefined where it does not say. */
  untilReset(registry: string): number | undefined {
    const at = this.#known.get(registry)?.resetsAt ?? 0;
    return at === 0 ? undefined : Math.max(0, at - this.#clock.now());
  }

  /** Counts pulls as spent while the work goes on, since what the registry said may be older than they are. */
  async spend<T>(registry: string, pulls: number, work: () => Promise<T>): Promise<T> {
    this.#reserved.set(registry, (this.#reserved.get(registry) ?? 0) + pulls);
    try {
      return await work();
    } finally {
      this.#reserved.set(registry, this.#reserved.get(registry)! - pulls);
      const known = this.#known.get(registry);
      if (known !== undefined) known.limit = { ...known.limit, remain: Math.max(0, known.limit.remain - pulls) };
    }
  }

  /** A registry refused with 429: gives the milliseconds for which it is left alone. */
  refused(registry: string, retryAfter: number | undefined): number {
    const now = this.#clock.now();
    const before = this.#paused.get(registry);
    const refusals = (before?.refusals ?? 0) + (before !== undefined && before.until > now ? 0 : 1);
    const wait = retryAfter === undefined
      ? this.untilReset(registry) ?? Math.min(PAUSE_MOST, PAUSE_FIRST * 2 ** Math.min(refusals - 1, 10))
      : retryAfter * 1000;
    this.#paused.set(registry, { until: Math.max(before?.until ?? 0, now + wait), refusals });
    return wait;
  }

  /** The registry answers again. */
  worked(registry: string): void {
    const paused = this.#paused.get(registry);
    if (paused !== undefined && paused.until <= this.#clock.now()) this.#paused.delete(registry);
  }

  /** Waits until the registry may be asked again. */
  async wait(registry: string, signal: AbortSignal): Promise<void> {
    const left = (this.#paused.get(registry)?.until ?? 0) - this.#clock.now();
    if (left > 0) await this.#clock.sleep(left, signal);
  }
}
