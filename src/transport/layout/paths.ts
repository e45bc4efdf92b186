/**
 * Where things are in a layout (image-spec, image-layout.md).
 *
 * @module
 */
import { resolve } from "node:path";
import { type Digest, parseDigest } from "../../oci/digest.ts";

const PARTIAL = ".ferry-partial-";
const TEMPORARY = ".ferry-tmp-";

/** The same text for every way to write the same folder. */
export function layoutKey(root: string): string {
  return resolve(root);
}

/** `index.json`: the entries of the layout. */
export function indexPath(root: string): string {
  return `${root}/index.json`;
}

/** `oci-layout`: the file that makes a folder a layout. */
export function markerPath(root: string): string {
  return `${root}/oci-layout`;
}

/** The lock of those who change `index.json` or collect garbage. It is there only while somebody does. */
export function lockPath(root: string): string {
  return `${root}/.ferry.lock`;
}

/** Folder with the blobs of an algorithm. */
export function blobFolder(root: string, algorithm: string): string {
  return `${root}/blobs/${algorithm}`;
}

/**
 * File of a blob. The digest is checked first, so that no path leads out of the layout.
 *
 * @throws {FerryError} DIGEST_INVALID
 */
export function blobPath(root: string, digest: Digest): string {
  const { algorithm, encoded } = parseDigest(digest);
  return `${blobFolder(root, algorithm)}/${encoded}`;
}

/**
 * File that holds the first bytes of a blob whose transfer was cut short. It lies beside `blobs`, where other tools do not look.
 *
 * @throws {FerryError} DIGEST_INVALID
 */
export function partialPath(root: string, digest: Digest): string {
  const { algorithm, encoded } = parseDigest(digest);
  return `${root}/${PARTIAL}${algorithm}-${encoded}`;
}

/** File with the bytes of an upload to a server that is not done; it is collected as partial files are. */
export function uploadPath(root: string, id: string): string {
  return `${root}/${PARTIAL}upload-${id}`;
}

/** A file that nobody else uses. */
export function temporaryPath(root: string): string {
  return `${root}/${TEMPORARY}${crypto.randomUUID()}`;
}

/** True for the name of a partial or temporary file. */
export function isUnfinished(name: string): boolean {
  return name.startsWith(PARTIAL) || name.startsWith(TEMPORARY);
}
