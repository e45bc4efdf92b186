/** Layers made of the entries that a test names. */
import { Buffer } from "node:buffer";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { TAR_TYPE, type TarHeader, tarHeader } from "../../src/archive/tar_header.ts";
import { TAR_END, tarEntry } from "../../src/archive/tar_write.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import type { Content } from "./content.ts";
import type { Layer } from "./images.ts";

/** An entry: its header, and its text where it is a file. */
export type Entry = readonly [header: TarHeader, text?: string];

/** Time of all entries: 2024-01-02T03:04:05Z. */
const mtime = { seconds: 1_704_164_645, nanos: 0 };

/** A file. */
export function file(name: string, text: string, fields: Partial<TarHeader> = {}): Entry {
  return [tarHeader(name, { size: Buffer.byteLength(text), mtime, ...fields }), text];
}

/** A folder. */
export function folder(name: string): Entry {
  return [tarHeader(`${name}/`, { type: TAR_TYPE.folder, mode: 0o755, mtime })];
}

/** A symbolic link. */
export function symlink(name: string, linkname: string): Entry {
  return [tarHeader(name, { type: TAR_TYPE.symbolicLink, mode: 0o777, linkname, mtime })];
}

/** A hard link. */
export function hardlink(name: string, linkname: string): Entry {
  return [tarHeader(name, { type: TAR_TYPE.hardLink, linkname, mtime })];
}

/** The archive of entries. */
export async function archiveOf(entries: readonly Entry[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for (const [header, text] of entries) {
    for await (const piece of tarEntry(header, text === undefined ? undefined : Buffer.from(text))) parts.push(piece);
  }
  return new Uint8Array(Buffer.concat([...parts, TAR_END]));
}

/** Adds a layer with these entries. */
export async function addTarLayer(
  content: Content,
  entries: readonly Entry[],
  compression: "none" | "gzip" | "zstd" = "gzip",
): Promise<Layer> {
  const tar = await archiveOf(entries);
  const bytes = new Uint8Array(
    compression === "gzip" ? gzipSync(tar) : compression === "zstd" ? zstdCompressSync(tar) : tar,
  );
  const mediaType = { none: MEDIA_TYPE.ociLayer, gzip: MEDIA_TYPE.ociLayerGzip, zstd: MEDIA_TYPE.ociLayerZstd }[
    compression
  ];
  return {
    descriptor: { mediaType, digest: content.addBlob(bytes), size: bytes.byteLength },
    diffId: digestOf(tar),
  };
}
