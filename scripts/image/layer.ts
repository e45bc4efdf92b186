/**
 * Writes a layer: the files of a tree as a compressed tar archive, the same bytes every time.
 *
 * @module
 */
import type { BlobSource, Descriptor, Reference, Transport } from "../../mod.ts";
import { DigestVerifier, MEDIA_TYPE } from "../../mod.ts";
import { compress, TAR_END, TAR_TYPE, tarEntry, tarHeader } from "../../src/archive/mod.ts";
import { type Tree, type TreeEntry, withFolders } from "./tree.ts";

/** How layers are compressed. */
export interface LayerOptions {
  /** The compression. */
  readonly compression: "gzip" | "zstd";
  /** Its level. */
  readonly level: number;
  /** Time of every file, in seconds since 1970. */
  readonly seconds: number;
}

/** A layer that was stored. */
export interface Layer {
  /** Descriptor of its blob. */
  readonly descriptor: Descriptor;
  /** Digest of the archive before it was compressed. */
  readonly diffId: string;
}

/** Stores a layer where `place` is. */
export async function putLayer(
  transport: Transport,
  place: Reference,
  tree: Tree,
  options: LayerOptions,
): Promise<Layer> {
  const hash = new DigestVerifier();
  const pieces = compress(hashed(archive(tree, options.seconds), hash), options.compression, { level: options.level });
  const mediaType = options.compression === "gzip" ? MEDIA_TYPE.ociLayerGzip : MEDIA_TYPE.ociLayerZstd;
  const source: BlobSource = {
    descriptor: { mediaType, digest: "", size: -1 },
    reopenable: false,
    open: () => Promise.resolve({ body: ReadableStream.from(owned(pieces)), size: undefined, offset: 0 }),
  };
  const { descriptor } = await transport.putBlob(place, source);
  return { descriptor: { mediaType, digest: descriptor.digest, size: descriptor.size }, diffId: hash.digest() };
}

async function* archive(tree: Tree, seconds: number): AsyncGenerator<Uint8Array> {
  for (const [path, entry] of withFolders(tree)) yield* entryOf(path, entry, seconds);
  yield TAR_END;
}

async function* entryOf(path: string, entry: TreeEntry, seconds: number): AsyncGenerator<Uint8Array> {
  const { is, owner = 0, mode = 0o644 } = entry;
  const fields = { mode, uid: owner, gid: owner, mtime: { seconds, nanos: 0 } };
  if (is.kind === "folder") yield* tarEntry(tarHeader(`${path}/`, { ...fields, type: TAR_TYPE.folder }));
  else if (is.kind === "link") {
    yield* tarEntry(tarHeader(path, { ...fields, type: TAR_TYPE.symbolicLink, linkname: is.to }));
  } else if (is.kind === "file") yield* tarEntry(tarHeader(path, { ...fields, size: is.bytes.length }), is.bytes);
  else {
    const { size } = await Deno.stat(is.from);
    using file = await Deno.open(is.from);
    yield* tarEntry(tarHeader(path, { ...fields, size }), file.readable);
  }
}

async function* hashed(pieces: AsyncIterable<Uint8Array>, hash: DigestVerifier): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

/** Pieces whose memory is their own, as streams of blobs want them. */
async function* owned(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const piece of pieces) yield piece.slice();
}
