/**
 * Temporary files, gone when the work is done.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";

/** How temporary files are kept. */
export interface ScratchOptions {
  /** Folder that the files' own folder is made in; the system's where it is not given. */
  readonly dir?: string;
  /** What is written is on the disk before it is used: a layout may make a file its own by a link. */
  readonly flush?: boolean;
}

/** A folder for temporary files; made when the first is asked for. */
export class Scratch implements AsyncDisposable {
  readonly #options: ScratchOptions;
  #folder: Promise<string> | undefined;
  #files = 0;

  /** Nothing is made yet. */
  constructor(options: ScratchOptions = {}) {
    this.#options = options;
  }

  /** The path of a file that is not there yet. */
  async path(): Promise<string> {
    this.#folder ??= makeFolder(this.#options.dir).catch((cause) => {
      throw new FerryError("IO", `Could not make a temporary folder: ${wordsOf(cause)}`, {
        hint: "set TMPDIR to a folder that can be written",
        cause,
      });
    });
    return `${await this.#folder}/${++this.#files}`;
  }

  /**
   * Writes a file.
   *
   * @throws {FerryError} IO, and what the source of the bytes throws
   */
  async write(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const path = await this.path();
    using file = await Deno.open(path, { write: true, createNew: true });
    for await (const piece of bytes) {
      for (let at = 0; at < piece.byteLength;) {
        at += await file.write(piece.subarray(at)).catch((cause) => Promise.reject(unwritten(path, cause)));
      }
    }
    if (this.#options.flush === true) await file.syncData().catch((cause) => Promise.reject(unwritten(path, cause)));
    return path;
  }

  /** Removes a file before the end. */
  async drop(path: string): Promise<void> {
    await Deno.remove(path).catch(() => {});
  }

  /** Removes all. */
  async [Symbol.asyncDispose](): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

function unwritten(path: string, cause: unknown): FerryError {
  const full = typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ENOSPC";
  return new FerryError(
    "IO",
    `Could not write temporary file "${path}": ${full ? "the disk is full" : wordsOf(cause)}`,
    {
      cause,
      ...(full ? { hint: "free some space, or set TMPDIR to a folder on a larger disk" } : {}),
    },
  );
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function makeFolder(dir: string | undefined): Promise<string> {
  return Deno.makeTempDir({ prefix: "ferry-mod-", ...(dir === undefined || dir === "" ? {} : { dir }) });
}
