/**
 * Lets so many actions run at a time.
 *
 * @module
 */
import type { ActionLimit } from "../api/session.ts";

/** A limit of `count` actions; those that wait are let in by the order in which they came. */
export function createActionLimit(count: number): ActionLimit {
  let free = count;
  const waiting: (() => void)[] = [];
  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) {
      free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const letIn = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.splice(waiting.indexOf(letIn), 1);
        reject(signal.reason);
      };
      waiting.push(letIn);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  };
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    run: async (action, signal) => {
      await enter(signal);
      try {
        return await action();
      } finally {
        leave();
      }
    },
  };
}
