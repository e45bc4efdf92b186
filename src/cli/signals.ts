/**
 * Ctrl-C and SIGTERM stop the work; what was done is kept. A second signal ends the process at once.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/** Signals that stop the work. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Tells `listener` of signals until the function that it gives back is called. */
export type SignalSource = (listener: (signal: StopSignal) => void) => () => void;

/** Exit codes of a process that a signal ended. */
export const SIGNAL_EXIT: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Aborts `controller` at the first signal, with the error that the command then ends with; at the second calls `exitNow`.
 *
 * @param kept one line on what stays of the work
 */
export function stopOnSignals(
  source: SignalSource,
  controller: AbortController,
  kept: () => string,
  exitNow: (code: number) => void,
): () => void {
  return source((signal) => {
    if (controller.signal.aborted) return exitNow(SIGNAL_EXIT[signal]);
    controller.abort(
      new FerryError(signal === "SIGINT" ? "INTERRUPTED" : "TERMINATED", `Stopped by ${signal}: ${kept()}`),
    );
  });
}
