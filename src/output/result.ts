/**
 * What a command gave goes to standard output.
 *
 * @module
 */
import type { CommandResult } from "../plugin.ts";
import type { Format } from "./format.ts";
import { type OutputStream, writeBody } from "./streams.ts";

/**
 * Writes a result: in the format that was asked for, else its body or text.
 *
 * @throws {ClosedPipe} when nobody reads
 */
export async function writeResult(
  result: CommandResult,
  format: Format | undefined,
  output: OutputStream,
): Promise<void> {
  if (format !== undefined) return await format.write(result, output);
  if (result.body !== undefined) return await writeBody(output, result.body);
  const text = result.text?.() ?? "";
  if (text !== "") await output.write(new TextEncoder().encode(text));
}
