/**
 * What a command gave goes to standard output.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { CommandResult } from "../plugin.ts";
import { colouredDiff } from "./colours.ts";
import type { Format } from "./format.ts";
import { type OutputStream, writeBody } from "./streams.ts";

/** Bytes that every pipe takes at once. A first asynchronous write starts a thread, which short commands do without. */
const SHORT_TEXT = 4096;

/**
 * Writes a result: in the format that was asked for, else its body or text.
 *
 * @param colours the text may have colours
 *
 * @throws {ClosedPipe} when nobody reads
 */
export async function writeResult(
  result: CommandResult,
  format: Format | undefined,
  output: OutputStream,
  colours = false,
): Promise<void> {
  if (format !== undefined) return await format.write(result, output);
  if (result.body !== undefined) {
    if (result.untrusted === true && output.isTerminal) {
      throw new FerryError("UNSUPPORTED", "Bytes of a confined plugin are not shown on a terminal", {
        hint: "write them to a file or to another program: > FILE",
      });
    }
    return await writeBody(output, result.body);
  }
  const plain = result.text?.() ?? "";
  const text = new TextEncoder().encode(colours && result.style === "diff" ? colouredDiff(plain) : plain);
  if (text.byteLength > SHORT_TEXT) await output.write(text);
  else if (text.byteLength > 0) output.writeSync(text);
}
