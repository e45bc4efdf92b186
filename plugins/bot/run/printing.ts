/**
 * Commands whose output is what scripts print, as it is printed.
 *
 * @module
 */
import type { CommandResult, Context } from "../../../src/mod.ts";
import { PrintStream } from "./print_stream.ts";

/** Starts the work; its output is a stream that ends when the work does, with its failure. */
export function printingResult(
  context: Context,
  work: (out: PrintStream, signal: AbortSignal) => Promise<void>,
): CommandResult {
  const closed = new AbortController();
  const signal = AbortSignal.any([context.signal, closed.signal]);
  const out = new PrintStream((reason) => closed.abort(reason));
  work(out, signal).then(() => out.end(), (error) => out.end(error));
  return { body: out.stream };
}
