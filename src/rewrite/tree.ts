/**
 * An image while it is changed: a tree of manifests with their configs and layers.
 *
 * @module
 */
import { type Descriptor, isJsonObject, type JsonObject } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { HistoryEntry } from "../oci/image_config.ts";
import type { Manifest } from "../oci/manifest.ts";
import type { Platform } from "../oci/platform.ts";
import type { Reference } from "../reference/reference.ts";
import type { Transport } from "../transport/transport.ts";
import type { EntryEdit } from "./layer/entry_edit.ts";
import type { LayerContent } from "./layer/content.ts";

/** Where content is. */
export interface ContentPlace {
  /** Serves the reference. */
  readonly transport: Transport;
  /** Repository or layout. */
  readonly reference: Reference;
}

/** A layer while it is changed. */
export interface LayerNode {
  /** Its descriptor as the manifest will list it; digest and size are set when its content is known. */
  json: JsonObject;
  /** Descriptor of the content that is there; undefined for a layer that is added. */
  readonly original: Descriptor | undefined;
  /** Where the content is. */
  readonly place: ContentPlace | undefined;
  /** Content of a layer that is added: an archive, not compressed. */
  readonly added: AddedLayer | undefined;
  /** Entry of the history that belongs to it. */
  readonly history: JsonObject | undefined;
  /** Digest of its uncompressed content, as the config had it. */
  readonly diffId: Digest | undefined;
  /** Algorithm of its digests. */
  algorithm: string;
  /** Level that it is compressed anew with; undefined for its compression's default, where it has to be compressed. */
  level?: number | undefined;
  /** What is done to its entries, in order. */
  readonly edits: EntryEdit[];
  /** It is left out. */
  removed: boolean;
  /** What became of the content. */
  content?: LayerContent;
}

/** A new layer's archive. */
export interface AddedLayer {
  /** Tells it from others; layers of one key are made once. */
  readonly key: string;
  /** The archive; it may be compressed. */
  open(): AsyncIterable<Uint8Array>;
}

/** A config while it is changed. */
export interface ConfigNode {
  /** Its bytes as they were. */
  readonly raw: Uint8Array;
  /** Its text in one form, before the changes. */
  readonly before: string;
  /** Its content. */
  readonly json: JsonObject;
  /** Its entries of history and `diff_ids` fit the layers: they are kept so. */
  readonly pairsHistory: boolean;
  /** As {@linkcode ConfigNode.pairsHistory}, for `diff_ids`. */
  readonly pairsDiffIds: boolean;
  /** Algorithm of its digest. */
  algorithm: string;
}

/** An entry of an index while it is changed. */
export interface EntryNode {
  /** Its descriptor as the index will list it. */
  readonly json: JsonObject;
  /** The descriptor as it was. */
  readonly original: Descriptor;
  /** Its manifest; undefined for what is none, which is kept as it is. */
  readonly node: ManifestNode | undefined;
  /** It is left out. */
  removed: boolean;
}

/** A manifest while it is changed. */
export interface ManifestNode {
  /** As it was. */
  readonly original: Manifest;
  /** Its text in one form, before the changes. */
  readonly before: string;
  /** Its content; config, layers and entries are filled in from the nodes when all is done. */
  readonly json: JsonObject;
  /** The topmost one. */
  readonly top: boolean;
  /** Its media type. */
  mediaType: string;
  /** Algorithm of its digest. */
  algorithm: string;
  /** Config of an image; undefined where it has none that is known. */
  readonly config: ConfigNode | undefined;
  /** Layers, with those that are left out. */
  layers: LayerNode[];
  /** Entries of an index. */
  readonly entries: EntryNode[];
  /** Manifests whose subject it is to be. */
  readonly referrers: ManifestNode[];
}

/** The manifest and all below it that are not left out, children first. */
export function manifestsOf(node: ManifestNode): ManifestNode[] {
  return [
    ...node.entries.flatMap((entry) => entry.removed || entry.node === undefined ? [] : manifestsOf(entry.node)),
    node,
  ];
}

/** A manifest of an image with a config that is known. */
export interface ImageNode extends ManifestNode {
  /** Its config. */
  readonly config: ConfigNode;
}

/** The images of a tree, attestations among them. */
export function imagesOf(node: ManifestNode): ImageNode[] {
  return manifestsOf(node).filter((one): one is ImageNode => one.config !== undefined);
}

/** The layers that are not left out. */
export function layersOf(node: ManifestNode): LayerNode[] {
  return node.layers.filter(({ removed }) => !removed);
}

/** The platform that an image's config names. */
export function platformOf({ config }: ImageNode): Platform {
  const text = (name: string) => typeof config.json[name] === "string" ? config.json[name] as string : "";
  const features = config.json["os.features"];
  return {
    os: text("os"),
    architecture: text("architecture"),
    ...(text("variant") === "" ? {} : { variant: text("variant") }),
    ...(text("os.version") === "" ? {} : { "os.version": text("os.version") }),
    ...(Array.isArray(features) && features.length > 0 ? { "os.features": features as string[] } : {}),
  };
}

/** True for what Docker attaches to an image as one more entry of its index. */
export function isAttestation(node: ImageNode): boolean {
  return platformOf(node).os === "unknown";
}

/** The object in a field, made where it is missing. */
export function objectIn(json: JsonObject, field: string): JsonObject {
  const value = json[field];
  if (isJsonObject(value)) return value;
  const made: JsonObject = {};
  json[field] = made;
  return made;
}

/** The history of a config; empty where it has none. */
export function historyOf(config: ConfigNode): (JsonObject & HistoryEntry)[] {
  return Array.isArray(config.json.history) ? config.json.history : [];
}
