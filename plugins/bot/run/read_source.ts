/**
 * The text of a script.
 *
 * @module
 */
import { type Context, FerryError } from "../../../src/mod.ts";

/** Most bytes of a script. */
const MOST_BYTES = 8 << 20;

/**
 * Reads a script, `-` for standard input.
 *
 * @throws {FerryError} NOT_FOUND, IO, CONFIG_INVALID where it is too large
 */
export async function readSource(context: Context, path: string): Promise<string> {
  const name = path === "-" ? "standard input" : path;
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  for await (const piece of path === "-" ? context.stdin : await open(path)) {
    size += piece.byteLength;
    if (size > MOST_BYTES) {
      throw new FerryError("CONFIG_INVALID", `Script "${name}" is larger than ${MOST_BYTES >> 20} MiB`);
    }
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

async function open(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  try {
    if ((await Deno.stat(path)).isDirectory) throw new Error("it is a folder");
    return (await Deno.open(path)).readable;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new FerryError("NOT_FOUND", `Script "${path}" does not exist`, { cause });
    }
    throw new FerryError("IO", `Could not read "${path}": ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
