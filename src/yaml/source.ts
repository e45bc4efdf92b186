/**
 * The text of a file that a person names on the command line.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/** Most bytes that are read. */
const MOST_BYTES = 8 << 20;

/**
 * The text of a file, of standard input for `-`.
 *
 * @throws {FerryError} NOT_FOUND, IO, CONFIG_INVALID where it is too large or no UTF-8
 */
export async function readText(path: string, stdin: () => ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const name = path === "-" ? "standard input" : path;
  const stream = path === "-" ? stdin() : await openFile(path);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let text = "";
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) {
        throw new FerryError("CONFIG_INVALID", `File "${name}" is larger than ${MOST_BYTES >> 20} MiB`);
      }
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (cause) {
    if (cause instanceof FerryError) throw cause;
    if (cause instanceof TypeError) {
      throw new FerryError("CONFIG_INVALID", `File "${name}" is not UTF-8 text`, { hint: "save it as UTF-8", cause });
    }
    throw new FerryError("IO", `File "${name}" could not be read`, { cause });
  }
}

async function openFile(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  try {
    return (await Deno.open(path, { read: true })).readable;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) {
      throw new FerryError("NOT_FOUND", `File "${path}" does not exist`, { hint: "check its path", cause });
    }
    throw new FerryError("IO", `File "${path}" could not be read`, { cause });
  }
}
