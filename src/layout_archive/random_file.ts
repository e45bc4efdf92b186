/**
 * Files that are read from any place, several readers at a time: one file, or volumes that follow each other.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises";
import { FerryError } from "../errors.ts";
import type { Stretch } from "../file/hash_program.ts";

const CHUNK = 1 << 18;

/** One of the files. */
interface Part {
  readonly path: string;
  readonly handle: FileHandle;
  /** Where it starts in the whole. */
  readonly start: number;
  readonly size: number;
}

/** Bytes on disk. */
export class RandomFile implements AsyncDisposable {
  readonly #parts: readonly Part[];
  readonly #named: boolean;
  /** Bytes of all parts. */
  readonly size: number;

  private constructor(parts: readonly Part[], named: boolean) {
    this.#parts = parts;
    this.#named = named;
    this.size = parts.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Opens files that follow each other.
   *
   * @throws {FerryError} IO
   */
  static async open(paths: readonly string[]): Promise<RandomFile> {
    const parts: Part[] = [];
    let start = 0;
    try {
      for (const path of paths) {
        const handle = await open(path, "r");
        const { size } = await handle.stat();
        parts.push({ path, handle, start, size });
        start += size;
      }
    } catch (cause) {
      for (const { handle } of parts) await handle.close().catch(() => {});
      throw cannot(`open "${paths[parts.length]}"`, cause);
    }
    return new RandomFile(parts, true);
  }

  /**
   * Keeps a stream in a temporary file without a name, so that nothing stays behind however the process ends.
   *
   * @throws {FerryError} IO, and what the stream fails with
   */
  static async spool(pieces: AsyncIterable<Uint8Array>): Promise<RandomFile> {
    const path = await Deno.makeTempFile({ prefix: "ferry-spool-" });
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, "w+");
      // Where open files keep their names (Windows), the name goes when the file is closed.
      if (Deno.build.os !== "windows") await Deno.remove(path);
      let size = 0;
      for await (const piece of pieces) {
        for (let at = 0; at < piece.byteLength;) {
          const { bytesWritten } = await handle.write(piece, at).catch((cause) =>
            Promise.reject(cannot("keep the archive in a temporary file", cause))
          );
          at += bytesWritten;
        }
        size += piece.byteLength;
      }
      return new RandomFile([{ path, handle, start: 0, size }], false);
    } catch (error) {
      await handle?.close().catch(() => {});
      await Deno.remove(path).catch(() => {});
      throw error;
    }
  }

  /**
   * Bytes from `offset`, at most `count`, fewer where the file ends before.
   *
   * @throws {FerryError} IO
   */
  async *read(offset: number, count: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const end = Math.min(offset + count, this.size);
    for (let at = offset; at < end;) {
      const part = this.#parts.find(({ start, size }) => at >= start && at < start + size)!;
      const most = Math.min(CHUNK, end - at, part.start + part.size - at);
      const buffer = new Uint8Array(most);
      const { bytesRead } = await part.handle.read(buffer, 0, most, at - part.start).catch((cause) =>
        Promise.reject(cannot(`read "${part.path}"`, cause))
      );
      if (bytesRead === 0) throw cannot(`read "${part.path}"`, new Error("it became shorter while it was read"));
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Where bytes lie, for who reads the files by their paths; undefined for a temporary file, which has none. */
  stretches(offset: number, size: number): readonly Stretch[] | undefined {
    if (!this.#named) return undefined;
    return this.#parts.flatMap((part) => {
      const from = Math.max(offset, part.start);
      const end = Math.min(offset + size, part.start + part.size);
      return from < end ? [{ path: part.path, offset: from - part.start, size: end - from }] : [];
    });
  }

  /** Closes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { handle, path } of this.#parts) {
      await handle.close().catch(() => {});
      if (!this.#named && Deno.build.os === "windows") await Deno.remove(path).catch(() => {});
    }
  }
}

function cannot(what: string, cause: unknown): FerryError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const words = code === "ENOENT"
    ? "it does not exist"
    : code === "ENOSPC"
    ? "the disk is full"
    : (cause as Error).message;
  return new FerryError("IO", `Could not ${what}: ${words}`, {
    cause,
    ...(code === "ENOSPC" ? { hint: "free some space, or choose another folder with TMPDIR" } : {}),
  });
}
