/**
 * Makes the changed manifests and configs, children first, from what became of the layers.
 *
 * @module
 */
import { ANNOTATION } from "../oci/annotation.ts";
import { isJsonObject, type JsonObject } from "../oci/descriptor.ts";
import { digestOf } from "../oci/digest.ts";
import { type Manifest, parseManifest } from "../oci/manifest.ts";
import type { BlobSource } from "../transport/transport.ts";
import { setData } from "./data_field.ts";
import { finishConfig, type FinishTools, type KeptBlob, platformText } from "./finish_config.ts";
import { jsonText } from "./json.ts";
import type { NewContent } from "./layer/content.ts";
import { manifestShape, smallBlob } from "./load_tree.ts";
import { isElsewhere } from "./steps/media_types.ts";
import { type ContentPlace, type LayerNode, layersOf, type ManifestNode } from "./tree.ts";

/** A manifest that is done, with all that it needs. */
export interface Finished {
  /** Where it came from. */
  readonly node: ManifestNode;
  /** The manifest. */
  readonly manifest: Manifest;
  /** Manifests that must be there before it. */
  readonly children: readonly Finished[];
  /** Manifests whose subject it is. */
  readonly referrers: readonly Finished[];
  /** Its config, where that is another now. */
  readonly config: BlobSource | undefined;
  /** Blobs that stay as they are, each with where it is; those that are to be had from elsewhere among them. */
  readonly kept: readonly KeptBlob[];
}

/**
 * Finishes a manifest and all that belongs to it.
 *
 * @throws {FerryError} MANIFEST_TOO_LARGE, MANIFEST_INVALID
 */
export async function finish(node: ManifestNode, tools: FinishTools): Promise<Finished> {
  const { json, original } = node;
  const kept: KeptBlob[] = [];
  const children: Finished[] = [];
  for (const entry of node.entries) {
    if (entry.removed) continue;
    if (entry.node === undefined) kept.push({ descriptor: entry.original, place: tools.place, claimed: false });
    else children.push(await finishChild(entry.json, entry.node, tools));
  }
  if (original.kind === "index") {
    json.manifests = node.entries.filter(({ removed }) => !removed).map((entry) => entry.json);
    followDigests(node, children);
  }
  for (const layer of layersOf(node)) {
    await finishLayer(layer, tools);
    if (layer.content?.kind !== "new") kept.push(keptLayer(layer, tools.place));
  }
  const list = original.kind === "artifact" ? "blobs" : "layers";
  if (Array.isArray(json[list]) || node.layers.length > 0) json[list] = layersOf(node).map((layer) => layer.json);
  const config = await finishConfig(node, tools, kept);
  const manifest = built(node, tools);
  const referrers: Finished[] = [];
  for (const referrer of node.referrers) {
    const { mediaType, digest, size } = manifest.descriptor;
    referrer.json.subject = { mediaType, digest, size };
    referrers.push(await finish(referrer, tools));
  }
  return { node, manifest, children, referrers, config, kept };
}

async function finishChild(entry: JsonObject, child: ManifestNode, tools: FinishTools): Promise<Finished> {
  const done = await finish(child, tools);
  const { mediaType, digest, size } = done.manifest.descriptor;
  const was = entry.digest;
  if (digest !== was) {
    // Where the type was told by nothing but the entry, it still is.
    Object.assign(entry, { digest, size, ...(entry.mediaType === undefined ? {} : { mediaType }) });
  }
  if (digest !== was || tools.dataMax !== undefined) setData(entry, tools.dataMax, () => done.manifest.raw);
  return done;
}

/** Attestations name their image by its digest, in an annotation of their entry. */
function followDigests(node: ManifestNode, children: readonly Finished[]): void {
  const digests = new Map(
    children.map((child) => [child.node.original.descriptor.digest, child.manifest.descriptor.digest]),
  );
  for (const { json, removed } of node.entries) {
    const { annotations } = json;
    if (removed || !isJsonObject(annotations)) continue;
    const now = digests.get(String(annotations[ANNOTATION.dockerReferenceDigest]));
    if (now !== undefined) annotations[ANNOTATION.dockerReferenceDigest] = now;
  }
}

async function finishLayer(layer: LayerNode, { dataMax, signal }: FinishTools): Promise<void> {
  const { json, content, original, place } = layer;
  if (content?.kind === "new") Object.assign(json, { digest: content.digest, size: content.size });
  if (isElsewhere(layer)) return;
  if (content?.kind === "new") return setContent(json, content);
  if (dataMax === undefined) return;
  const size = original!.size;
  const bytes = size <= dataMax && json.data === undefined ? await smallBlob(place!, original!, signal) : undefined;
  setData(json, dataMax, () => bytes ?? json.data as string);
}

function setContent(json: JsonObject, { bytes }: NewContent): void {
  if (bytes === undefined) delete json.data;
  else json.data = bytes.toBase64();
}

function keptLayer({ json, original, place }: LayerNode, home: ContentPlace): KeptBlob {
  const urls = Array.isArray(json.urls) ? json.urls as string[] : [];
  const { urls: before = [], ...descriptor } = original!;
  return {
    descriptor: urls.length === 0 ? descriptor : { ...descriptor, urls },
    place: place ?? home,
    claimed: urls.length === 0 && (before ?? []).length > 0,
  };
}

function built(node: ManifestNode, { onChange }: FinishTools): Manifest {
  const { original, json, mediaType, algorithm } = node;
  const { kind, raw } = original;
  const text = jsonText(json, manifestShape(kind));
  const changed = text !== node.before;
  if (!changed && original.descriptor.digest.startsWith(`${algorithm}:`)) return original;
  const bytes = changed ? new TextEncoder().encode(text) : raw;
  const manifest = parseManifest(bytes, { mediaType, digest: digestOf(bytes, algorithm) });
  onChange({
    kind: kind === "index" ? "index" : "manifest",
    platform: platformText(node),
    oldDigest: original.descriptor.digest,
    newDigest: manifest.descriptor.digest,
    old: node.before,
    young: text,
  });
  return manifest;
}
