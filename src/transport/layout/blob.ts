/**
 * Blobs of a layout.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { type Descriptor, embeddedData } from "../../oci/descriptor.ts";
import { type Digest, parseDigest } from "../../oci/digest.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import type { Reference } from "../../reference/reference.ts";
import type { BlobOutcome, BlobSource, BlobStream, CallOptions, PutBlobOptions } from "../transport.ts";
import { type LayoutContext, stateOf } from "./context.ts";
import { keepFresh, rely, touch } from "./fresh.ts";
import { ensureLayout } from "./index_store.ts";
import { ioError, isMissing, withIoError } from "./io_error.ts";
import { linkBlob } from "./link_blob.ts";
import { blobPath } from "./paths.ts";
import { storeBlob } from "./store_blob.ts";

/** Descriptor of a blob, or undefined when it is not there. */
export async function headBlob(
  reference: Reference,
  digest: Digest,
  options: CallOptions,
): Promise<Descriptor | undefined> {
  options.signal?.throwIfAborted();
  const size = await blobSize(reference.path, digest);
  return size === undefined ? undefined : { mediaType: MEDIA_TYPE.octetStream, digest, size };
}

/** Bytes of a blob's file, or undefined when it is not there. */
export async function blobSize(root: string, digest: Digest): Promise<number | undefined> {
  const path = blobPath(root, digest);
  try {
    const info = await Deno.stat(path);
    return info.isFile ? info.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError(`look at "${path}"`, error);
  }
}

/**
 * A blob to read later.
 *
 * @throws {FerryError} DIGEST_INVALID
 */
export function blobSource(reference: Reference, descriptor: Descriptor): BlobSource {
  const path = blobPath(reference.path, descriptor.digest);
  return {
    descriptor,
    file: path,
    reopenable: true,
    open: (offset, options = {}) => openBlob(reference, descriptor, path, offset, options),
  };
}

async function openBlob(
  reference: Reference,
  descriptor: Descriptor,
  path: string,
  offset: number,
  { signal }: CallOptions,
): Promise<BlobStream> {
  signal?.throwIfAborted();
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (!isMissing(error)) throw ioError(`read blob "${path}"`, error);
    const data = embeddedData(descriptor);
    if (data === undefined) throw blobUnknown(reference, descriptor.digest);
    const rest = data.slice(offset);
    return { body: new Blob([rest]).stream(), size: rest.byteLength, offset };
  }
  try {
    const info = await file.stat();
    if (!info.isFile) throw blobUnknown(reference, descriptor.digest);
    if (offset > 0) await file.seek(offset, Deno.SeekMode.Start);
    return { body: file.readable, size: Math.max(info.size - offset, 0), offset: Math.min(offset, info.size) };
  } catch (error) {
    file.close();
    throw ioError(`read blob "${path}"`, error);
  }
}

/**
 * Stores a blob: not at all where it is there, by a hard link where its file is near, else by its bytes.
 *
 * @throws {FerryError} DIGEST_MISMATCH, SIZE_MISMATCH, IO and what the source fails with
 */
export async function putBlob(
  context: LayoutContext,
  reference: Reference,
  source: BlobSource,
  options: PutBlobOptions,
): Promise<{ readonly descriptor: Descriptor; readonly outcome: BlobOutcome }> {
  options.signal?.throwIfAborted();
  const root = reference.path;
  const { digest, size } = source.descriptor;
  if (digest !== "") parseDigest(digest);
  await keepFresh(context, root);
  await ensureLayout(context, root, options.signal);
  if (digest !== "") {
    const there = await existing(context, root, digest, size);
    if (there !== undefined) {
      return { descriptor: { ...source.descriptor, size: there }, outcome: "exists" };
    }
    const linked = source.file === undefined ? undefined : await linkBlob(context, root, source.file, digest, size);
    if (linked !== undefined) return { descriptor: { ...source.descriptor, size: linked }, outcome: "linked" };
  }
  const stored = await storeBlob(context, root, source, options);
  return { descriptor: { ...source.descriptor, ...stored }, outcome: "sent" };
}

/** Size of a blob that is there and is of the right size; it is young again then. */
async function existing(
  context: LayoutContext,
  root: string,
  digest: Digest,
  size: number,
): Promise<number | undefined> {
  const there = await blobSize(root, digest);
  if (there === undefined || (size >= 0 && size !== there)) return undefined;
  const path = blobPath(root, digest);
  if (!await touch(path, context.now())) return undefined;
  rely(context, root, path);
  return there;
}

/**
 * Deletes a blob.
 *
 * @throws {FerryError} BLOB_UNKNOWN, IO
 */
export async function deleteBlob(
  context: LayoutContext,
  reference: Reference,
  digest: Digest,
  options: CallOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  const path = blobPath(reference.path, digest);
  if (await blobSize(reference.path, digest) === undefined) throw blobUnknown(reference, digest);
  await withIoError(`delete blob "${path}"`, () => Deno.remove(path));
  stateOf(context, reference.path).relied.delete(path);
}

function blobUnknown(reference: Reference, digest: Digest): FerryError {
  return new FerryError("BLOB_UNKNOWN", `Blob ${digest} not found in layout "${reference.path}"`, {
    hint: "the layout is not complete: copy the image to it again",
  });
}
