/**
 * Reads an image with all its manifests and configs.
 *
 * @module
 */
import { inPool } from "../copy/pool.ts";
import { FerryError } from "../errors.ts";
import { type Descriptor, isJsonObject, type JsonObject } from "../oci/descriptor.ts";
import { parseDigest } from "../oci/digest.ts";
import { parseImageConfig } from "../oci/image_config.ts";
import { type Manifest, MANIFEST_MAX_BYTES } from "../oci/manifest.ts";
import { isManifestType, MEDIA_TYPE } from "../oci/media_type.ts";
import { formatReference } from "../reference/format.ts";
import { withDigest } from "../reference/reference.ts";
import { blobBytes } from "../layer/open.ts";
import { jsonText, readJson } from "./json.ts";
import { ARTIFACT_SHAPE, CONFIG_SHAPE, INDEX_SHAPE, MANIFEST_SHAPE, type Shape } from "./shape.ts";
import type { ConfigNode, ContentPlace, EntryNode, LayerNode, ManifestNode } from "./tree.ts";

const CONFIG_TYPES: ReadonlySet<string> = new Set([MEDIA_TYPE.ociConfig, MEDIA_TYPE.dockerConfig]);
/** Indexes inside indexes are followed this deep. */
const MAX_DEPTH = 8;
const READS_AT_ONCE = 8;

/** What a tree is read with. */
export interface TreeReader extends ContentPlace {
  /** Stops the work. */
  readonly signal: AbortSignal;
}

/**
 * Reads the tree below a manifest.
 *
 * @throws {FerryError} UNSUPPORTED for Docker's schema 1, MANIFEST_INVALID, and what the transport throws
 */
export async function loadTree(reader: TreeReader, manifest: Manifest, top = true, depth = 0): Promise<ManifestNode> {
  if (manifest.kind === "schema1") {
    throw new FerryError(
      "UNSUPPORTED",
      "Image cannot be changed: it is of Docker's schema 1, which is signed as it is",
      {
        hint: "pull it with a program that converts it, and push it again",
      },
    );
  }
  if (manifest.kind === "unknown") {
    throw new FerryError("UNSUPPORTED", `Manifest cannot be changed: its type is "${manifest.descriptor.mediaType}"`);
  }
  if (depth > MAX_DEPTH) {
    throw new FerryError("MANIFEST_INVALID", `Index "${formatReference(reader.reference)}" nests indexes too deep`);
  }
  const json = readJson(manifest.raw, "Manifest");
  const config = await loadConfig(reader, manifest);
  const entries: EntryNode[] = manifest.manifests.map((original, at) => ({
    json: listed(json.manifests, at),
    original,
    node: undefined,
    removed: false,
  }));
  await inPool(manifest.manifests, READS_AT_ONCE, async (entry, at) => {
    if (entry.mediaType !== "" && !isManifestType(entry.mediaType)) return;
    const child = await readChild(reader, entry);
    entries[at] = { ...entries[at]!, node: await loadTree(reader, child, false, depth + 1) };
  });
  return {
    original: manifest,
    before: jsonText(json, manifestShape(manifest.kind)),
    json,
    top,
    mediaType: manifest.descriptor.mediaType,
    algorithm: parseDigest(manifest.descriptor.digest).algorithm,
    config,
    layers: layersOf(reader, manifest, json, config),
    entries,
    referrers: [],
  };
}

/** How a manifest of this kind is written. */
export function manifestShape(kind: Manifest["kind"]): Shape {
  return kind === "index" ? INDEX_SHAPE : kind === "artifact" ? ARTIFACT_SHAPE : MANIFEST_SHAPE;
}

/** A blob that is held in memory whole, checked against its digest. */
export async function smallBlob(place: ContentPlace, blob: Descriptor, signal: AbortSignal): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of blobBytes({ ...place, signal }, blob)) {
    size += piece.byteLength;
    if (size > MANIFEST_MAX_BYTES) {
      throw new FerryError("MANIFEST_TOO_LARGE", `Blob "${blob.digest}" has more than ${MANIFEST_MAX_BYTES} bytes`);
    }
    pieces.push(piece.slice());
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

async function readChild({ transport, reference, signal }: TreeReader, entry: Descriptor): Promise<Manifest> {
  const child = await transport.getManifest(withDigest(reference, entry.digest), { signal });
  const { digest, size } = child.descriptor;
  if (size === entry.size) return child;
  throw new FerryError(
    "SIZE_MISMATCH",
    `Size of ${digest} is ${size} bytes, but a descriptor of it says ${entry.size}`,
  );
}

async function loadConfig(reader: TreeReader, { kind, config, layers }: Manifest): Promise<ConfigNode | undefined> {
  if (kind !== "image" || config === undefined || !CONFIG_TYPES.has(config.mediaType)) return undefined;
  const raw = await smallBlob(reader, config, reader.signal);
  parseImageConfig(raw);
  const json = readJson(raw, "Image config");
  const steps = Array.isArray(json.history) ? json.history.filter((step) => step?.empty_layer !== true) : undefined;
  return {
    raw,
    before: jsonText(json, CONFIG_SHAPE),
    json,
    pairsHistory: steps !== undefined && steps.length === layers.length,
    pairsDiffIds: diffIdsOf(json).length === layers.length,
    algorithm: parseDigest(config.digest).algorithm,
  };
}

function layersOf(
  place: ContentPlace,
  manifest: Manifest,
  json: JsonObject,
  config: ConfigNode | undefined,
): LayerNode[] {
  const list = manifest.kind === "artifact" ? json.blobs : json.layers;
  const steps = config?.pairsHistory !== true
    ? []
    : (config.json.history as JsonObject[]).filter((step) => step.empty_layer !== true);
  const diffIds = config?.pairsDiffIds === true ? diffIdsOf(config.json) : [];
  return manifest.layers.map((original, index) => ({
    json: listed(list, index),
    original,
    place,
    added: undefined,
    history: steps[index],
    diffId: diffIds[index],
    algorithm: parseDigest(original.digest).algorithm,
    edits: [],
    removed: false,
  }));
}

function diffIdsOf(json: JsonObject): string[] {
  const list = isJsonObject(json.rootfs) ? json.rootfs.diff_ids : undefined;
  return Array.isArray(list) ? list as string[] : [];
}

/** The item of a list that was parsed as a descriptor before. */
function listed(list: unknown, at: number): JsonObject {
  return (list as JsonObject[])[at]!;
}
