/**
 * Layers as uncompressed tar archives, checked against their digests as they are read.
 *
 * @module
 */
import { decompressAny } from "../archive/compression.ts";
import { readTar, type TarEntry } from "../archive/tar_read.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { DigestVerifier, parseDigest } from "../oci/digest.ts";
import type { Reference } from "../reference/reference.ts";
import type { CallOptions, Transport } from "../transport/transport.ts";

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
  const verifier = new DigestVerifier(parseDigest(blob.digest).algorithm);
  const reader = body.getReader();
  try {
    // The next piece is on its way while this one is hashed and taken.
    let coming = reader.read();
    for (;;) {
      const { value, done } = await coming;
      if (done) break;
      coming = reader.read();
      coming.catch(() => {});
      verifier.update(value);
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  verifier.verify(blob.digest, blob.size < 0 ? undefined : blob.size, `blob "${blob.digest}"`);
}
