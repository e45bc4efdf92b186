/**
 * Writes OCI image layouts as tar archives (image-spec, image-layout.md), the same bytes each time: no times, no owners.
 *
 * @module
 */
import { encodeHeader } from "../archive/tar_encode.ts";
import { TAR_TYPE, tarHeader, tarPadding } from "../archive/tar_header.ts";
import { TAR_END } from "../archive/tar_write.ts";
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { checkContent, parseDigest } from "../oci/digest.ts";
import type { Item } from "./collect.ts";

/** A file beside the layout's own. */
export interface ExtraFile {
  /** Path. */
  readonly name: string;
  /** Content. */
  readonly text: string;
}

/** What goes into an archive. */
export interface LayoutArchive {
  /** Entries of index.json. */
  readonly manifests: readonly Descriptor[];
  /** Files that follow index.json. */
  readonly files?: readonly ExtraFile[];
  /** Blobs and manifests. */
  readonly items: readonly Item[];
}

/** The text of oci-layout. */
export const LAYOUT_TEXT = '{"imageLayoutVersion":"1.0.0"}';

/** The text of index.json. */
export function indexJson(manifests: readonly Descriptor[]): string {
  return JSON.stringify({ schemaVersion: 2, manifests });
}

/** The bytes of the archive; they fail where an item is not what its digest says. */
export async function* layoutArchive(archive: LayoutArchive): AsyncGenerator<Uint8Array, void, undefined> {
  for (const part of layoutParts(archive)) {
    if (part instanceof Uint8Array) yield part;
    else yield* itemBytes(part);
  }
}

/** What the archive is made of, in order: bytes, and items whose bytes come next. */
export function* layoutParts(archive: LayoutArchive): Generator<Uint8Array | Item, void, undefined> {
  yield* textFile("oci-layout", LAYOUT_TEXT);
  yield* textFile("index.json", indexJson(archive.manifests));
  for (const { name, text } of archive.files ?? []) yield* textFile(name, text);
  const folders = new Set<string>();
  for (const item of archive.items) {
    const { algorithm, encoded } = parseDigest(item.digest);
    for (const folder of ["blobs/", `blobs/${algorithm}/`]) {
      if (folders.has(folder)) continue;
      folders.add(folder);
      yield encodeHeader(tarHeader(folder, { type: TAR_TYPE.folder, mode: 0o755 }));
    }
    yield encodeHeader(tarHeader(`blobs/${algorithm}/${encoded}`, { size: item.size }));
    yield item;
    yield new Uint8Array(tarPadding(item.size));
  }
  yield TAR_END;
}

/**
 * The bytes of an item.
 *
 * @throws {FerryError} SIZE_MISMATCH, DIGEST_MISMATCH where it is not what it says, and what reading it fails with
 */
export async function* itemBytes(item: Item): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  try {
    for await (const piece of item.read()) {
      size += piece.byteLength;
      if (size > item.size) break;
      yield piece;
    }
    checkContent({ digest: item.digest, size }, item, `blob "${item.digest}"`);
  } catch (error) {
    if (!(error instanceof FerryError) || error.message.includes(item.digest)) throw error;
    throw new FerryError(error.code, `Could not write "${item.digest}": ${error.message}`, { cause: error });
  }
}

function* textFile(name: string, text: string): Generator<Uint8Array, void, undefined> {
  const bytes = new TextEncoder().encode(text);
  yield encodeHeader(tarHeader(name, { size: bytes.byteLength }));
  yield bytes;
  yield new Uint8Array(tarPadding(bytes.byteLength));
}
