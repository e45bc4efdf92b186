/**
 * The process's streams: writes wait for a slow reader, and a reader that went away is told apart from failures.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/** A stream to write to. */
export interface OutputStream {
  /** True for a terminal. */
  readonly isTerminal: boolean;
  /** Writes all bytes; rejects with {@linkcode ClosedPipe} when nobody reads any more, else with IO. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes all bytes before it returns; for short lines. */
  writeSync(bytes: Uint8Array): void;
  /** Size of a terminal as it is now, where it is known. */
  size?(): { readonly columns: number; readonly rows: number } | undefined;
}

/** Nobody reads the output any more (`| head`). Not a failure: the work ends quietly. */
export class ClosedPipe extends Error {
  /** Name of the class. */
  override readonly name = "ClosedPipe";
}

/** The part of `Deno.stdout` that is needed. */
export interface WriterLike {
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Writes some of the bytes and says how many. */
  writeSync(bytes: Uint8Array): number;
  /** True for a terminal. */
  isTerminal(): boolean;
}

/** An output stream over `Deno.stdout`, `Deno.stderr` or what looks like them. */
export function outputStream(writer: WriterLike): OutputStream {
  return {
    get isTerminal() {
      return writer.isTerminal();
    },
    async write(bytes) {
      try {
        for (let at = 0; at < bytes.byteLength;) at += await writer.write(bytes.subarray(at));
      } catch (error) {
        throw unwritten(error);
      }
    },
    writeSync(bytes) {
      try {
        for (let at = 0; at < bytes.byteLength;) at += writer.writeSync(bytes.subarray(at));
      } catch (error) {
        throw unwritten(error);
      }
    },
    size: () => writer.isTerminal() ? terminalSize() : undefined,
  };
}

/** Writes text for the person at the terminal. That it cannot be written is no reason to fail, nor could anybody be told. */
export function writeText(output: OutputStream, text: string): void {
  try {
    output.writeSync(new TextEncoder().encode(text));
  } catch {
    // Nobody reads.
  }
}

/** Writes a stream of bytes, piece by piece; the source is stopped when the output fails. */
export async function writeBody(output: OutputStream, body: ReadableStream<Uint8Array> | Uint8Array): Promise<void> {
  if (body instanceof Uint8Array) return await output.write(body);
  for await (const piece of body) await output.write(piece);
}

/** Some terminals do not tell their size, or tell that they have none. */
function terminalSize(): { readonly columns: number; readonly rows: number } | undefined {
  try {
    const size = Deno.consoleSize();
    return size.columns > 0 && size.rows > 0 ? size : undefined;
  } catch {
    return undefined;
  }
}

function unwritten(error: unknown): Error {
  const gone = error instanceof Deno.errors.BrokenPipe ||
    (error instanceof Error && "code" in error && error.code === "EPIPE");
  if (gone) return new ClosedPipe("Nobody reads the output", { cause: error });
  const why = error instanceof Error ? error.message : String(error);
  return new FerryError("IO", `Output could not be written: ${why}`, {
    hint: "check the disk or program that it goes to, then run the command again",
    cause: error,
  });
}
