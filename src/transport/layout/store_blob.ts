/**
 * Stores a blob from a stream: into a partial file, checked, flushed, and only then under its digest. A stream that dies is opened
 * again where it stopped; what is there when all fails is kept for the next run.
 *
 * @module
 */
import { FerryError, isFerryError } from "../../errors.ts";
import type { Digest } from "../../oci/digest.ts";
import { parseDigest } from "../../oci/digest.ts";
import type { BlobSource, PutBlobOptions } from "../transport.ts";
import { type LayoutContext, stateOf } from "./context.ts";
import { keepFresh, rely } from "./fresh.ts";
import { ioError, withIoError } from "./io_error.ts";
import { leavePartial, type Partial, takePartial } from "./partial.ts";
import { blobFolder, blobPath } from "./paths.ts";
import { pump, SinkFailure } from "./pump.ts";
import type { Sink } from "./sink.ts";

/** Times that a stream is opened again without progress between them. */
const REOPENS_MOST = 3;

/** Bytes that count as progress. */
const PROGRESS_BYTES = 64 * 1024;

const PAUSE_MS = 100;

/** What was stored. */
export interface StoredBlob {
  /** Its digest. */
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/**
 * Stores a blob.
 *
 * @throws {FerryError} DIGEST_MISMATCH, SIZE_MISMATCH, CONNECTION_LOST, IO and what the source fails with
 */
export async function storeBlob(
  context: LayoutContext,
  root: string,
  source: BlobSource,
  options: PutBlobOptions,
): Promise<StoredBlob> {
  const expected = source.descriptor.digest === "" ? undefined : source.descriptor.digest;
  const partial = await withIoError(`make a file in "${root}"`, () => takePartial(root, expected));
  let keep = true;
  let stored = false;
  try {
    const transfer = new Transfer(context, root, source, options, partial);
    let blob = await transfer.run(partial.kept);
    if (expected !== undefined && blob.digest !== expected && transfer.usedKept && source.reopenable) {
      // The bytes of an earlier run may be the wrong ones.
      context.log?.warn("partial blob was of no use, reading it from the start", { digest: expected });
      blob = await transfer.run(0);
    }
    if (expected !== undefined && blob.digest !== expected) {
      keep = false;
      throw new FerryError("DIGEST_MISMATCH", `Digest of blob ${expected} is ${blob.digest}`, {
        hint: "the content was changed or damaged on its way or where it comes from; nothing was stored",
      });
    }
    await withIoError(`store blob ${blob.digest} in "${root}"`, () => name(context, root, partial, blob.digest));
    stored = true;
    return blob;
  } catch (error) {
    if (isFerryError(error, "SIZE_MISMATCH")) keep = false;
    throw error;
  } finally {
    if (stored) partial.file.close();
    else await leavePartial(partial, keep);
  }
}

/** Makes a whole file the blob: its bytes are on disk before its name is. */
async function name(context: LayoutContext, root: string, partial: Partial, digest: Digest): Promise<void> {
  const folder = blobFolder(root, parseDigest(digest).algorithm);
  const path = blobPath(root, digest);
  await partial.file.sync();
  try {
    await Deno.rename(partial.path, path);
  } catch {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.rename(partial.path, path);
  }
  stateOf(context, root).unflushed.add(folder);
  rely(context, root, path);
}

class Transfer {
  /** True when bytes of an earlier run are part of the content. */
  usedKept = false;
  #at = 0;
  readonly #what: string;
  readonly #algorithm: string;
  readonly #size: number | undefined;

  constructor(
    readonly context: LayoutContext,
    readonly root: string,
    readonly source: BlobSource,
    readonly options: PutBlobOptions,
    readonly partial: Partial,
  ) {
    const { digest, size } = source.descriptor;
    this.#what = digest === "" ? "the blob" : `blob ${digest}`;
    this.#algorithm = digest === "" ? "sha256" : parseDigest(digest).algorithm;
    this.#size = size < 0 ? undefined : size;
  }

  /** Brings all bytes into the file; the first `kept` are there. */
  async run(kept: number): Promise<StoredBlob> {
    let sink = await this.#begin(kept);
    let failures = 0;
    let best = this.#at;
    try {
      while (this.#size === undefined || this.#at < this.#size) {
        const stream = await this.source.open(this.#at, this.options);
        try {
          if (stream.offset !== this.#at) {
            await sink.release();
            if (stream.offset !== 0) throw this.#odd(stream.offset);
            sink = await this.#begin(0);
          }
        } catch (error) {
          await stream.body.cancel(error).catch(() => {});
          throw error;
        }
        const end = stream.size === undefined ? undefined : stream.offset + stream.size;
        if (end !== undefined && this.#size !== undefined && end !== this.#size) {
          await stream.body.cancel().catch(() => {});
          throw new FerryError("SIZE_MISMATCH", `Size of ${this.#what} is ${end} bytes, expected ${this.#size}`);
        }
        const failure = await this.#drain(sink, stream.body, this.#size ?? end);
        if (failure === undefined) break;
        failures = this.#at >= best + PROGRESS_BYTES ? 0 : failures + 1;
        best = Math.max(best, this.#at);
        if (!this.source.reopenable || failures > REOPENS_MOST) throw failure;
        this.context.log?.debug("blob cut short, going on", { blob: this.#what, at: this.#at, error: failure.message });
        if (failures > 1) await pause(PAUSE_MS * 2 ** failures, this.options.signal);
      }
      const digest = await sink.finish().catch((cause) => {
        throw ioError(`write ${this.#what} to "${this.root}"`, cause);
      });
      return { digest, size: this.#at };
    } finally {
      await sink.release();
    }
  }

  async #begin(kept: number): Promise<Sink> {
    const { file, path } = this.partial;
    // Without a size nobody could tell a whole file from one cut short.
    const start = this.#size === undefined || kept > this.#size ? 0 : kept;
    return await withIoError(`write ${this.#what} to "${this.root}"`, async () => {
      await file.truncate(start);
      await file.seek(0, Deno.SeekMode.Start);
      this.#at = start;
      this.usedKept = start > 0;
      const size = this.#size;
      return await this.context.sinks.open({ file, path, algorithm: this.#algorithm, kept: start, size });
    });
  }

  /** Reads a stream to its end. Gives what went wrong when another one may do better; throws when none can. */
  async #drain(
    sink: Sink,
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    end: number | undefined,
  ): Promise<FerryError | undefined> {
    const { signal, onBytes } = this.options;
    try {
      await pump(body, sink, {
        room: end === undefined ? undefined : end - this.#at,
        what: this.#what,
        signal,
        stored: (bytes) => {
          this.#at += bytes;
          onBytes?.(bytes);
          void keepFresh(this.context, this.root);
        },
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof SinkFailure) throw ioError(`write ${this.#what} to "${this.root}"`, error.cause);
      if (isFerryError(error)) {
        if (!isFerryError(error, "CONNECTION_LOST")) throw error;
        return error;
      }
      return this.#lost(end, error);
    }
    return end !== undefined && this.#at < end ? this.#lost(end) : undefined;
  }

  #lost(end: number | undefined, cause?: unknown): FerryError {
    const { reopenable } = this.source;
    if (!reopenable && cause === undefined) {
      return new FerryError("SIZE_MISMATCH", `Size of ${this.#what} is ${this.#at} bytes, expected ${end}`);
    }
    const of = end === undefined ? "" : ` of ${end}`;
    return new FerryError("CONNECTION_LOST", `Reading ${this.#what} was cut short after ${this.#at}${of} bytes`, {
      cause,
      ...(this.partial.findable ? { hint: "run it again: what has arrived is kept and not read again" } : {}),
    });
  }

  #odd(offset: number): FerryError {
    return new FerryError(
      "RESPONSE_INVALID",
      `Reading ${this.#what} from byte ${this.#at} was answered from byte ${offset}`,
    );
  }
}

/** Waits; rejects with the signal's reason when it is stopped. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
