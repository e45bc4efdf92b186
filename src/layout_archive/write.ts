/**
 * Writes OCI image layouts as tar archives (image-spec, image-layout.md), the same bytes each time: no times, no owners.
 *
 * @module
 */
import { TAR_TYPE, tarHeader } from "../archive/tar_header.ts";
import { TAR_END, tarEntry } from "../archive/tar_write.ts";
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { parseDigest } from "../oci/digest.ts";
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
export async function* layoutArchive(
  archive: LayoutArchive,
  onBytes?: (item: Item, bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* textFile("oci-layout", LAYOUT_TEXT);
  yield* textFile("index.json", indexJson(archive.manifests));
  for (const { name, text } of archive.files ?? []) yield* textFile(name, text);
  const folders = new Set<string>();
  for (const item of archive.items) {
    const { algorithm, encoded } = parseDigest(item.digest);
    for (const folder of ["blobs/", `blobs/${algorithm}/`]) {
      if (folders.has(folder)) continue;
      folders.add(folder);
      yield* tarEntry(tarHeader(folder, { type: TAR_TYPE.folder, mode: 0o755 }));
    }
    try {
      yield* tarEntry(tarHeader(`blobs/${algorithm}/${encoded}`, { size: item.size }), watched(item, onBytes));
    } catch (error) {
      if (!(error instanceof FerryError) || error.message.includes(item.digest)) throw error;
      throw new FerryError(error.code, `Could not write "${item.digest}": ${error.message}`, { cause: error });
    }
  }
  yield TAR_END;
}

async function* watched(
  item: Item,
  onBytes: ((item: Item, bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of item.read()) {
    yield piece;
    onBytes?.(item, piece.byteLength);
  }
}

function textFile(name: string, text: string): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = new TextEncoder().encode(text);
  return tarEntry(tarHeader(name, { size: bytes.byteLength }), bytes);
}
