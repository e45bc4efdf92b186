/**
 * Makes the changed config of an image, and says what stays as it is.
 *
 * @module
 */
import { type Descriptor, isJsonObject, type JsonObject } from "../oci/descriptor.ts";
import { type Digest, digestOf } from "../oci/digest.ts";
import { formatPlatform } from "../oci/platform.ts";
import { bytesSource } from "../transport/blob_source.ts";
import type { BlobSource } from "../transport/transport.ts";
import { setData } from "./data_field.ts";
import { jsonText } from "./json.ts";
import { smallBlob } from "./load_tree.ts";
import { CONFIG_SHAPE } from "./shape.ts";
import { type ContentPlace, type ImageNode, layersOf, type ManifestNode, objectIn, platformOf } from "./tree.ts";

/** A text before and after the changes. */
export interface Change {
  /** What it is. */
  readonly kind: "manifest" | "index" | "config";
  /** Platform of the image; undefined where it has none. */
  readonly platform: string | undefined;
  /** Digest before. */
  readonly oldDigest: Digest;
  /** Digest after. */
  readonly newDigest: Digest;
  /** JSON before. */
  readonly old: string;
  /** JSON after. */
  readonly young: string;
}

/** A blob that stays as it is. */
export interface KeptBlob {
  /** Its descriptor as it is listed now. */
  readonly descriptor: Descriptor;
  /** Where it is. */
  readonly place: ContentPlace;
  /** Its content was to be had from elsewhere, and is to be in the repository now. */
  readonly claimed: boolean;
}

/** What manifests are finished with. */
export interface FinishTools {
  /** Where the image was read. */
  readonly place: ContentPlace;
  /** Content of descriptors up to this size goes into them. */
  readonly dataMax: number | undefined;
  /** Told of every manifest and config that changed. */
  readonly onChange: (change: Change) => void;
  /** Stops the work. */
  readonly signal: AbortSignal;
}

/**
 * The new config of an image; undefined where it has none, or where the old one stays, which is noted in `kept` then.
 */
export async function finishConfig(
  node: ManifestNode,
  tools: FinishTools,
  kept: KeptBlob[],
): Promise<BlobSource | undefined> {
  const { config, original } = node;
  const listed = node.json.config;
  if (original.config === undefined || !isJsonObject(listed)) return undefined;
  const unchanged: KeptBlob = { descriptor: original.config, place: tools.place, claimed: false };
  if (config === undefined) {
    kept.push(unchanged);
    const { dataMax } = tools;
    const bytes = dataMax !== undefined && original.config.size <= dataMax
      ? await smallBlob(tools.place, original.config, tools.signal)
      : undefined;
    if (dataMax !== undefined) setData(listed, dataMax, () => bytes!);
    return undefined;
  }
  fitLayers(node as ImageNode);
  const text = jsonText(config.json, CONFIG_SHAPE);
  const changed = text !== config.before;
  const raw = changed ? new TextEncoder().encode(text) : config.raw;
  const digest = changed || !original.config.digest.startsWith(`${config.algorithm}:`)
    ? digestOf(raw, config.algorithm)
    : original.config.digest;
  Object.assign(listed, { digest, size: raw.byteLength });
  if (digest !== original.config.digest || tools.dataMax !== undefined) setData(listed, tools.dataMax, () => raw);
  if (digest === original.config.digest) {
    kept.push(unchanged);
    return undefined;
  }
  if (changed) {
    const [oldDigest, old] = [original.config.digest, config.before];
    tools.onChange({ kind: "config", platform: platformText(node), oldDigest, newDigest: digest, old, young: text });
  }
  return bytesSource(raw, { mediaType: String(listed.mediaType), digest, size: raw.byteLength });
}

/** Makes history and `diff_ids` those of the layers that are left. */
function fitLayers(node: ImageNode): void {
  const { config } = node;
  if (config.pairsHistory) {
    const gone = new Set(
      node.layers.flatMap(({ removed, history }) => removed && history !== undefined ? [history] : []),
    );
    if (gone.size > 0) config.json.history = (config.json.history as JsonObject[]).filter((step) => !gone.has(step));
  }
  if (!config.pairsDiffIds) return;
  const layers = layersOf(node);
  const diffIds = layers.map(({ content, diffId }) => content?.kind === "new" ? content.diffId : diffId);
  const rootfs = objectIn(config.json, "rootfs");
  if (Array.isArray(rootfs.diff_ids) || diffIds.length > 0) rootfs.diff_ids = diffIds;
}

/** The platform of an image as text; undefined where it has none. */
export function platformText(node: ManifestNode): string | undefined {
  const text = node.config === undefined ? "" : formatPlatform(platformOf(node as ImageNode));
  return text === "" ? undefined : text;
}
