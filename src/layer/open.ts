/**
 * Layers as uncompressed tar archives, checked against their digests as they are read.
 *
 * @module
 */
import { decompressAny } from "../archive/compression.ts";
import { readTar, type TarEntry } from "../archive/tar_read.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { checkContent, parseDigest } from "../oci/digest.ts";
import type { Reference } from "../reference/reference.ts";
import type { CallOptions, Transport } from "../transport/transport.ts";
import { createPieceHasher } from "./hash_thread.ts";

/** Where layers come from. */
export interface LayerPlace {
  /** Serves the reference. */
  readonly transport: Transport;
  /** Repository or layout. */
  readonly reference: Reference;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * The entries of a layer, compressed as it may be. When they were all read, so was the blob, and it was what its digest says.
 *
 * @throws {FerryError} ARCHIVE_INVALID, DIGEST_MISMATCH, SIZE_MISMATCH, BLOB_UNKNOWN, UNSUPPORTED compression
 */
export function layerEntries(place: LayerPlace, layer: Descriptor): AsyncGenerator<TarEntry, void, undefined> {
  return readTar(decompressAny(blobBytes(place, layer)));
}

/** The bytes of a blob; they fail at their end when they are not what its digest says. */
export async function* blobBytes(place: LayerPlace, blob: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
  const options: CallOptions = place.signal === undefined ? {} : { signal: place.signal };
  const { body } = await place.transport.blobSource(place.reference, blob).open(0, options);
  const hasher = createPieceHasher(parseDigest(blob.digest).algorithm, blob.size);
  let size = 0;
  const reader = readerOf(body, blob.size);
  try {
    // The next piece is on its way while this one is hashed and taken.
    let coming = reader.read();
    for (;;) {
      const value = await coming;
      if (value === undefined) break;
      place.signal?.throwIfAborted();
      coming = reader.read();
      coming.catch(() => {});
      size += value.byteLength;
      await hasher.update(value);
      yield value;
    }
    const expected = { digest: blob.digest, size: blob.size < 0 ? undefined : blob.size };
    // What is too long or too short need not be hashed to its end.
    const digest = expected.size === undefined || expected.size === size ? await hasher.digest() : "";
    checkContent({ digest, size }, expected, `blob "${blob.digest}"`);
  } finally {
    hasher.end();
    await reader.cancel().catch(() => {});
  }
}

/** Bytes of one piece at most: larger ones save no time, and what is thrown away of them grows faster than it is collected. */
const PIECE = 256 << 10;

interface PieceReader {
  read(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
}

/** Reads in large pieces where the stream lets itself be told how large. */
function readerOf(body: ReadableStream<Uint8Array<ArrayBuffer>>, size: number): PieceReader {
  try {
    const reader = body.getReader({ mode: "byob" });
    const length = Math.max(1, Math.min(PIECE, size < 0 ? PIECE : size));
    return { read: async () => endOf(await reader.read(new Uint8Array(length))), cancel: () => reader.cancel() };
  } catch {
    const reader = body.getReader();
    return { read: async () => endOf(await reader.read()), cancel: () => reader.cancel() };
  }
}

function endOf({ done, value }: ReadableStreamReadResult<Uint8Array>): Uint8Array | undefined {
  return done ? undefined : value;
}
