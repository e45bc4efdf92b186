/**
 * How long to leave a host alone after it failed. The wait is shared by all requests to the host.
 *
 * @module
 */

/** First wait after a failure, milliseconds. */
export const BACKOFF_FIRST = 100;
/** Longest wait after failures, milliseconds. */
export const BACKOFF_MOST = 30_000;

interface HostBackoff {
  failures: number;
  successes: number;
  until: number;
}

/** Failures and waits of all hosts. */
export class Backoff {
  readonly #hosts = new Map<string, HostBackoff>();
  readonly #random: () => number;

  /** `random` gives numbers from 0 up to 1, for the jitter. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds to wait before the next request to the host. */
  wait(host: string, now: number): number {
    return Math.max(0, (this.#hosts.get(host)?.until ?? 0) - now);
  }

  /** Failures of the host that no success has made up for. */
  failures(host: string): number {
    return this.#hosts.get(host)?.failures ?? 0;
  }

  /** Notes a failure; `retryAfter` is what the host asked for, in milliseconds. */
  failed(host: string, now: number, retryAfter?: number): void {
    const state = this.#state(host);
    state.successes = 0;
    if (retryAfter === undefined) {
      const full = Math.min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** state.failures);
      state.failures++;
      state.until = Math.max(state.until, now + full * (0.5 + this.#random() / 2));
    } else {
      // The host said when it is ready: that is no sign of worse to come. A little jitter keeps the waiting from coming back all at once.
      state.until = Math.max(state.until, now + retryAfter + this.#random() * Math.min(1000, retryAfter / 10));
    }
  }

  /** Notes a success; a few of them make up for a failure. */
  succeeded(host: string): void {
    const state = this.#hosts.get(host);
    if (state === undefined || state.failures === 0) return;
    if (++state.successes >= 2) {
      state.successes = 0;
      state.failures--;
    }
  }

  #state(host: string): HostBackoff {
    let state = this.#hosts.get(host);
    if (state === undefined) this.#hosts.set(host, state = { failures: 0, successes: 0, until: 0 });
    return state;
  }
}
