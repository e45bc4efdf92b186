/**
 * Sees whether blobs are what their digests say.
 *
 * @module
 */
import { HashFailure, HashThreads } from "../file/hash_threads.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { checkContent, type Digest, parseDigest } from "../oci/digest.ts";
import { blobBytes, type LayerPlace } from "./open.ts";

/**
 * Reads a blob to its end, by a thread where it lies in a local file and there are threads.
 *
 * @throws {FerryError} DIGEST_MISMATCH, SIZE_MISMATCH, BLOB_UNKNOWN, and failures of the transport
 */
export async function checkBlob(place: LayerPlace, blob: Descriptor, threads?: HashThreads): Promise<void> {
  const { file } = place.transport.blobSource(place.reference, blob);
  if (threads !== undefined && file !== undefined && await checkFile(threads, file, blob)) return;
  for await (const piece of blobBytes(place, blob)) void piece;
}

/** What {@linkcode checkFile} does on the way. */
export interface CheckFileOptions {
  /** An existing file that the bytes are written to as they are hashed, from an offset on. */
  readonly to?: { readonly path: string; readonly offset: number };
  /** Told of bytes that are done. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Has a thread read a file that should hold just one blob.
 *
 * @returns false where the file is too small for a thread or cannot be read so: reading the blob as it is read elsewhere tells why
 * @throws {FerryError} DIGEST_MISMATCH; and HashFailure where writing failed
 */
export async function checkFile(
  threads: HashThreads,
  file: string,
  { digest, size }: { readonly digest: Digest; readonly size: number },
  { onBytes, to }: CheckFileOptions = {},
): Promise<boolean> {
  const info = await Deno.stat(file).catch(() => undefined);
  if (info?.isFile !== true || (size >= 0 && info.size !== size) || !HashThreads.takes(info.size)) return false;
  const { algorithm } = parseDigest(digest);
  const from = [{ path: file, offset: 0, size: info.size }];
  let encoded: string;
  try {
    encoded = await threads.hash({ algorithm, from, ...(to === undefined ? {} : { to }) }, onBytes);
  } catch (error) {
    if (error instanceof HashFailure && error.side === "read") return false;
    throw error;
  }
  checkContent({ digest: `${algorithm}:${encoded}`, size: info.size }, { digest, size: info.size }, `blob "${digest}"`);
  return true;
}
