/**
 * Manifests as files of a layout.
 *
 * @module
 */
import { FerryError, isFerryError } from "../../errors.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, parseDigest } from "../../oci/digest.ts";
import { type Manifest, MANIFEST_MAX_BYTES, type ManifestHints, parseManifest } from "../../oci/manifest.ts";
import { readLimited, writeAtomic } from "./atomic.ts";
import { type LayoutContext, stateOf } from "./context.ts";
import { rely, touch } from "./fresh.ts";
import { ioError, isMissing, withIoError } from "./io_error.ts";
import { blobFolder, blobPath } from "./paths.ts";

/**
 * The bytes of a manifest, not checked; undefined when there is no such file.
 *
 * @throws {FerryError} MANIFEST_TOO_LARGE, DIGEST_INVALID, IO
 */
export async function readManifestBytes(root: string, digest: Digest): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const path = blobPath(root, digest);
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  try {
    bytes = await readLimited(path, MANIFEST_MAX_BYTES);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError(`read manifest "${path}"`, error);
  }
  if (bytes === undefined) {
    throw new FerryError(
      "MANIFEST_TOO_LARGE",
      `Manifest ${digest} in "${root}" has more than ${MANIFEST_MAX_BYTES} bytes`,
    );
  }
  return bytes;
}

/**
 * A manifest, checked; undefined when there is no such file.
 *
 * @throws {FerryError} MANIFEST_INVALID, MANIFEST_TOO_LARGE, DIGEST_MISMATCH, SIZE_MISMATCH, DIGEST_INVALID, IO
 */
export async function readManifest(
  root: string,
  digest: Digest,
  hints: Omit<ManifestHints, "digest"> = {},
): Promise<Manifest | undefined> {
  const bytes = await readManifestBytes(root, digest);
  return bytes === undefined ? undefined : parseManifest(bytes, { ...hints, digest });
}

/** A manifest that may be missing, damaged or no manifest at all: then undefined. */
export async function tryManifest(root: string, descriptor: Descriptor): Promise<Manifest | undefined> {
  try {
    return await readManifest(root, descriptor.digest, { mediaType: descriptor.mediaType });
  } catch (error) {
    if (isFerryError(error, "IO")) throw error;
    return undefined;
  }
}

/**
 * Writes a manifest's file. Where the same bytes are there they stay; other bytes under its digest are replaced.
 *
 * @returns true when the file is new
 * @throws {FerryError} IO
 */
export async function writeManifest(
  context: LayoutContext,
  root: string,
  digest: Digest,
  raw: Uint8Array,
): Promise<boolean> {
  const path = blobPath(root, digest);
  const there = await sameBytes(root, digest, raw) && await touch(path, context.now());
  if (!there) {
    const folder = blobFolder(root, parseDigest(digest).algorithm);
    await withIoError(`make the folder "${folder}"`, () => Deno.mkdir(folder, { recursive: true }));
    await writeAtomic(root, path, raw, false);
    stateOf(context, root).unflushed.add(folder);
  }
  rely(context, root, path);
  return !there;
}

async function sameBytes(root: string, digest: Digest, raw: Uint8Array): Promise<boolean> {
  try {
    const bytes = await readManifestBytes(root, digest);
    return bytes?.byteLength === raw.byteLength && bytes.every((byte, at) => byte === raw[at]);
  } catch (error) {
    if (isFerryError(error, "MANIFEST_TOO_LARGE")) return false;
    throw error;
  }
}
