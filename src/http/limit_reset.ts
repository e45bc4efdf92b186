/**
 * When a limit that was met ends, and how high it is, in all the forms in which registries say so.
 *
 * @module
 */
import { retryAfter } from "./retry_after.ts";

/** Seconds since 1970 above which a number is a time, not a wait: no limit lasts thirty years. */
const TIME_FROM = 1e9;

/**
 * Milliseconds until more requests are taken, or undefined where nothing says so: `Retry-After` (RFC 9110, 10.2.3), the `RateLimit`
 * field (draft-ietf-httpapi-ratelimit-headers, `"pull";r=0;t=900`), `RateLimit-Reset` and `X-RateLimit-Reset` (seconds to wait, or a
 * time in seconds since 1970), and Docker Hub's `X-Retry-After` (such a time).
 */
export function limitReset(headers: Headers, now: number): number | undefined {
  const after = retryAfter(headers, now);
  if (after !== undefined) return after;
  const structured = items(headers.get("ratelimit")).find((item) => item.r === 0) ?? items(headers.get("ratelimit"))[0];
  if (structured?.t !== undefined) return structured.t * 1000;
  for (const name of ["ratelimit-reset", "x-ratelimit-reset", "x-retry-after"]) {
    const match = /^\s*(\d{1,15})(?:\.\d+)?\s*(?:[;,]|$)/.exec(headers.get(name) ?? "");
    if (match === null) continue;
    const value = Number(match[1]);
    if (value < TIME_FROM) return value * 1000;
    return Math.max(0, (value < TIME_FROM * 1000 ? value * 1000 : value) - now);
  }
  return undefined;
}

/** A limit: so many requests in so many seconds. */
export interface LimitWindow {
  /** Requests. */
  readonly limit: number;
  /** Seconds, where known. */
  readonly seconds: number | undefined;
}

/** The limit that headers tell: `RateLimit-Limit: 100;w=21600` or `RateLimit-Policy: "pull";q=50;w=3600`. */
export function limitWindow(headers: Headers): LimitWindow | undefined {
  const policy = items(headers.get("ratelimit-policy"))[0];
  if (policy?.q !== undefined) return { limit: policy.q, seconds: policy.w };
  const match = /^\s*(\d{1,15})(?:\s*;\s*w=(\d{1,12}))?/.exec(headers.get("ratelimit-limit") ?? "");
  if (match === null) return undefined;
  return { limit: Number(match[1]), seconds: match[2] === undefined ? undefined : Number(match[2]) };
}

/** Whole-number parameters of the items of a structured field (RFC 9651). */
function items(text: string | null): Readonly<Record<string, number>>[] {
  if (text === null) return [];
  return text.slice(0, 4096).split(",").map((item) =>
    Object.fromEntries([...item.matchAll(/;\s*([a-z]+)=(\d{1,15})(?=\s*(?:;|$))/g)].map((match) => [
      match[1]!,
      Number(match[2]),
    ]))
  );
}
