/**
 * One call that several wait for.
 *
 * @module
 */

/** A running call that others may join. It is stopped when nobody waits for it any more, not when the first one leaves. */
export interface SharedCall<T> {
  /** Waits for the result; rejects with the signal's reason when that is stopped first. */
  join(signal?: AbortSignal): Promise<T>;
  /** True once nobody waits and the call was stopped: too late to join. */
  readonly stopped: boolean;
}

/** Starts `run` at once; `ended` is called when it settled, whatever came of it. */
export function shareCall<T>(run: (signal: AbortSignal) => Promise<T>, ended: () => void = () => {}): SharedCall<T> {
  const controller = new AbortController();
  let waiting = 0;
  const result = run(controller.signal);
  result.then(ended, ended);
  return {
    get stopped() {
      return controller.signal.aborted;
    },
    async join(signal) {
      signal?.throwIfAborted();
      waiting++;
      let left: (() => void) | undefined;
      try {
        if (signal === undefined) return await result;
        const gone = new Promise<never>((_, reject) => {
          left = () => reject(signal.reason);
          signal.addEventListener("abort", left, { once: true });
        });
        return await Promise.race([result, gone]);
      } finally {
        if (left !== undefined) signal?.removeEventListener("abort", left);
        if (--waiting === 0) controller.abort(new DOMException("Nobody waits for the token", "AbortError"));
      }
    },
  };
}
