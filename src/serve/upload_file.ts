/**
 * The bytes of an upload that is not done: a file in the folder of the repository, so that an upload survives a restart of the server.
 *
 * @module
 */
import { type Digest, DIGEST_ALGORITHMS, parseDigest } from "../oci/digest.ts";
import { syncFolder } from "../transport/layout/atomic.ts";
import { blobFolder, blobPath } from "../transport/layout/paths.ts";
import { pump, SinkFailure } from "../transport/layout/pump.ts";
import { inlineSink, type Sink } from "../transport/layout/sink.ts";
import { withIoError } from "../transport/layout/io_error.ts";

/** Bytes that are written before they are sent to disk. */
const FLUSH_BYTES = 16 * 1024 * 1024;

/** How bytes are taken. */
export interface TakeOptions {
  /** Bytes that may come; one more is SIZE_MISMATCH. Undefined for no end. */
  readonly room: number | undefined;
  /** Milliseconds after which a body that stands still is given up. */
  readonly idleTimeout: number;
}

/** An open upload. One request at a time works on it. */
export class UploadFile {
  /** Bytes that are there. */
  size: number;
  /** True while a request works on it. */
  busy = false;
  /** When the last request ended, milliseconds since 1970. */
  usedAt = 0;
  #unflushed = 0;
  #flush: Promise<void> | undefined;
  #flushFailure: { readonly error: unknown } | undefined;

  private constructor(
    readonly path: string,
    readonly algorithm: string,
    private readonly file: Deno.FsFile,
    private readonly sink: Sink,
    size: number,
  ) {
    this.size = size;
  }

  /**
   * Opens or makes the file; what is there is hashed again. Undefined where it does not exist, or somebody else has it.
   *
   * @throws {FerryError} IO
   */
  static async open(path: string, algorithm: string, create: boolean): Promise<UploadFile | undefined> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(path, { read: true, write: true, ...(create ? { createNew: true } : {}) });
    } catch (error) {
      if (!create && error instanceof Deno.errors.NotFound) return undefined;
      return await withIoError("start an upload", () => Promise.reject(error));
    }
    try {
      // Nobody collects what is locked.
      if (!await file.tryLock(true).catch(() => true)) {
        file.close();
        return undefined;
      }
      const { size } = await file.stat();
      return new UploadFile(path, algorithm, file, await inlineSink(file, algorithm, size), size);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Takes the bytes of a body. Whatever happens, the bytes that arrived count, and `size` says how many there are.
   *
   * @throws {SinkFailure} when they cannot be stored; the upload must be opened again then
   */
  async take(body: ReadableStream<Uint8Array<ArrayBuffer>>, { room, idleTimeout }: TakeOptions): Promise<void> {
    const stop = new AbortController();
    const stalled = () => stop.abort(new DOMException("the body stands still", "TimeoutError"));
    let timer = setTimeout(stalled, idleTimeout);
    try {
      await pump(body, this.sink, {
        room,
        what: "the upload",
        signal: stop.signal,
        stored: (bytes) => {
          clearTimeout(timer);
          timer = setTimeout(stalled, idleTimeout);
          this.size += bytes;
          this.#wrote(bytes);
        },
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Makes the bytes a blob of the layout, on disk under its digest. False, and nothing stored, where they have another digest. The
   * upload is at its end either way.
   *
   * @throws {FerryError} IO
   */
  async finish(root: string, digest: Digest): Promise<boolean> {
    const { algorithm } = parseDigest(digest);
    let actual = await this.sink.finish();
    if (algorithm !== this.algorithm && algorithm in DIGEST_ALGORITHMS) {
      actual = await (await inlineSink(this.file, algorithm, this.size)).finish();
    }
    if (actual !== digest) {
      await this.discard();
      return false;
    }
    await withIoError("store a blob", async () => {
      await this.#flush;
      // The system tells of a failure once: the flush at the end would not see it.
      if (this.#flushFailure !== undefined) throw this.#flushFailure.error;
      await this.file.sync();
      const folder = blobFolder(root, algorithm);
      await Deno.mkdir(folder, { recursive: true });
      if (Deno.build.os === "windows") this.file.close();
      await Deno.rename(this.path, blobPath(root, digest));
      await syncFolder(folder);
      if (Deno.build.os !== "windows") this.file.close();
    });
    return true;
  }

  /** Closes the file; its bytes stay for a later request. */
  async close(): Promise<void> {
    await this.#flush;
    this.file.close();
  }

  /** Closes and removes the file. */
  async discard(): Promise<void> {
    await this.close();
    await Deno.remove(this.path).catch(() => {});
  }

  /** Has bytes go to disk while more of them come, so that the flush at the end finds little left to do. */
  #wrote(bytes: number): void {
    this.#unflushed += bytes;
    if (this.#unflushed < FLUSH_BYTES || this.#flush !== undefined) return;
    this.#unflushed = 0;
    this.#flush = this.file.syncData().catch((error) => {
      this.#flushFailure = { error };
    }).finally(() => this.#flush = undefined);
  }
}

export { SinkFailure };
