/**
 * Writes a layer anew: read, uncompressed, its entries edited, compressed and hashed, all as a stream.
 *
 * @module
 */
import { compress, type Compression, decompressAny } from "../../archive/compression.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { DigestVerifier } from "../../oci/digest.ts";
import { blobBytes } from "../../layer/open.ts";
import type { BlobSource } from "../../transport/transport.ts";
import { layerTypeOf } from "../layer_type.ts";
import { isElsewhere } from "../steps/media_types.ts";
import type { ContentPlace, LayerNode } from "../tree.ts";
import { blocks } from "./blocks.ts";
import type { LayerContent, NewContent } from "./content.ts";
import { editedTar, editsDiffer, Tally } from "./edited_tar.ts";
import { fileBytes } from "../../file/read_file.ts";
import type { Scratch } from "./scratch.ts";

/** What layers are written with. */
export interface LayerTools {
  /** Temporary files. */
  readonly scratch: Scratch;
  /** Stops the work. */
  readonly signal: AbortSignal;
  /** Told of bytes of the old content that were read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Says all that decides what becomes of a layer: layers of one key have the same content in the end. */
export function layerKey(node: LayerNode): string {
  const { original, added, json, algorithm, edits, level } = node;
  return [
    added?.key ?? original?.digest,
    original?.mediaType,
    json.mediaType,
    algorithm,
    level,
    ...edits.map(({ key }) => key),
  ]
    .join("\n");
}

/** True when a layer has to be read. */
export function needsRewrite(node: LayerNode): boolean {
  if (node.added !== undefined) return true;
  if (isElsewhere(node)) return false;
  return edited(node) || recompressed(node) || rehashed(node);
}

/**
 * What becomes of a layer. It is read once; only the new content is written, to a temporary file.
 *
 * @throws {FerryError} ARCHIVE_INVALID, DIGEST_MISMATCH, SIZE_MISMATCH, BLOB_UNKNOWN, UNSUPPORTED, IO
 */
export async function rewriteLayer(node: LayerNode, tools: LayerTools): Promise<LayerContent> {
  const anew = node.added !== undefined || recompressed(node);
  const edits = edited(node) ? node.edits : [];
  if (!anew && edits.length > 0 && isNear(node)) {
    // Most layers have nothing to change for steps such as a file to be left out: to find that out costs less than to compress.
    if (!await editsDiffer(archiveOf(node, tools), edits, tools.scratch)) {
      return rehashed(node) ? await rehash(node, tools) : { kind: "kept" };
    }
  }
  if (!anew && edits.length === 0) return await rehash(node, tools);
  const tally = new Tally();
  const archive = archiveOf(node, tools, true);
  const content = await write(
    node,
    edits.length === 0 ? archive : editedTar(archive, edits, tools.scratch, tally),
    layerTypeOf(node.json.mediaType as string)?.compression ?? "none",
    tools,
  );
  tally.check();
  if (edits.length > 0 && tally.left === 0 && tally.removed > 0) {
    await tools.scratch.drop(content.temporary!);
    return { kind: "empty" };
  }
  if (anew || tally.differs) return content;
  await tools.scratch.drop(content.temporary!);
  return rehashed(node) ? await rehash(node, tools) : { kind: "kept" };
}

function edited({ edits, json }: LayerNode): boolean {
  return edits.length > 0 && layerTypeOf(json.mediaType as string) !== undefined;
}

function recompressed({ original, json, level }: LayerNode): boolean {
  if (level !== undefined) return true;
  const [old, young] = [original?.mediaType, json.mediaType as string].map((type) =>
    layerTypeOf(type ?? "")?.compression
  );
  return old !== young;
}

function rehashed({ original, algorithm }: LayerNode): boolean {
  return original !== undefined && !original.digest.startsWith(`${algorithm}:`);
}

/** True when the content is a file of this machine. */
function isNear({ original, place }: LayerNode): boolean {
  return original !== undefined && place?.transport.blobSource(place.reference, original).file !== undefined;
}

async function write(
  node: LayerNode,
  archive: AsyncIterable<Uint8Array>,
  compression: Compression,
  { scratch }: LayerTools,
): Promise<NewContent> {
  const whole = new DigestVerifier(node.algorithm);
  const inside = compression === "none" ? whole : new DigestVerifier(node.algorithm);
  const plain = compression === "none" ? blocks(archive) : watched(blocks(archive), (piece) => inside.update(piece));
  const file = await scratch.write(
    watched(compress(plain, compression, { level: node.level }), (piece) => whole.update(piece)),
  );
  const digest = whole.digest();
  const { size } = whole;
  const descriptor = { mediaType: node.json.mediaType as string, digest, size };
  return {
    kind: "new",
    digest,
    size,
    diffId: inside === whole ? digest : inside.digest(),
    source: fileSource(file, descriptor),
    temporary: file,
  };
}

/** The same bytes under a digest of another algorithm. */
async function rehash(node: LayerNode, tools: LayerTools): Promise<LayerContent> {
  const original = node.original!;
  const place = node.place!;
  const whole = new DigestVerifier(node.algorithm);
  const inside = new DigestVerifier(node.algorithm);
  const raw = watched(rawBytes(original, place, tools), (piece) => {
    tools.signal.throwIfAborted();
    whole.update(piece);
  });
  if (layerTypeOf(original.mediaType) === undefined) { for await (const _ of raw); }
  else for await (const piece of decompressAny(raw)) inside.update(piece);
  const digest = whole.digest();
  const { size } = original;
  const source = place.transport.blobSource(place.reference, original);
  return {
    kind: "new",
    digest,
    size,
    diffId: inside.digest(),
    source: { ...source, descriptor: { ...source.descriptor, digest } },
    temporary: undefined,
  };
}

async function* archiveOf(
  node: LayerNode,
  tools: LayerTools,
  told = false,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { added, original, place } = node;
  const raw = added?.open() ?? rawBytes(original!, place!, told ? tools : { ...tools, onBytes: undefined });
  // A file of this machine knows nothing of the signal.
  yield* watched(decompressAny(raw), () => tools.signal.throwIfAborted());
}

function rawBytes(
  original: Descriptor,
  place: ContentPlace,
  { signal, onBytes }: LayerTools,
): AsyncIterable<Uint8Array> {
  const bytes = blobBytes({ ...place, signal }, original);
  return onBytes === undefined ? bytes : watched(bytes, (piece) => onBytes(piece.byteLength));
}

async function* watched(
  bytes: AsyncIterable<Uint8Array>,
  see: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of bytes) {
    see(piece);
    yield piece;
  }
}

function fileSource(file: string, descriptor: Descriptor): BlobSource {
  return {
    descriptor,
    file,
    reopenable: true,
    open: (offset) =>
      Promise.resolve({
        body: ReadableStream.from(fileBytes(file, offset)),
        size: descriptor.size - offset,
        offset,
      }),
  };
}
