/**
 * bundle.json: what a bundle holds, under which names, and what it takes for granted.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../oci/descriptor.ts";
import { type Digest, digestOf, isDigest } from "../oci/digest.ts";
import { isTag } from "../reference/grammar.ts";
import { parseReference } from "../reference/parse.ts";
import type { Reference } from "../reference/reference.ts";

/** Path of the index in the archive. */
export const INDEX_PATH = "bundle.json";

/** Most bytes of it that are read: some 300,000 pieces of content. */
export const INDEX_MAX_BYTES: number = 64 * 1024 * 1024;

/** A manifest or a blob. */
export interface BundleContent {
  /** What it is. */
  readonly kind: "manifest" | "blob";
  /** Digest. */
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Media type of a manifest. */
  readonly mediaType?: string;
}

/** An image and what goes along with it. */
export interface BundleImage {
  /** Full name. */
  readonly name: string;
  /** Where it came from, as it was asked for. */
  readonly source: string;
  /** Digest of its manifest. */
  readonly digest: Digest;
  /** Media type of its manifest. */
  readonly mediaType: string;
  /** Bytes of all that belongs to it, shared or not. */
  readonly size: number;
  /** Platforms, without attestations. */
  readonly platforms?: readonly string[];
  /** Manifests that refer to it, to a part of it, or to one of them. */
  readonly referrers?: readonly { readonly subject: Digest; readonly digest: Digest }[];
  /** Layers with urls that were not there, and need not be. */
  readonly external?: readonly Digest[];
  /** Tags that belong to digests by their names. */
  readonly digestTags?: readonly { readonly tag: string; readonly digest: Digest }[];
}

/** The index of a bundle. */
export interface BundleIndex {
  /** Version of the form: 1. */
  readonly version: 1;
  /** Program that made it. */
  readonly createdBy: string;
  /** When (RFC 3339), where that was asked for. */
  readonly created?: string;
  /** The bundle that holds what this one does not. */
  readonly base?: { readonly id: Digest };
  /** Images, in the order in which they were given. */
  readonly images: readonly BundleImage[];
  /** What the bundle holds, in the order of the archive. */
  readonly content: readonly BundleContent[];
  /** What its images need besides. */
  readonly needs?: readonly BundleContent[];
}

/** An index, and the digest of its text: the id of the bundle. */
export interface IdentifiedIndex {
  /** Digest of the text of bundle.json. */
  readonly id: Digest;
  /** The index. */
  readonly index: BundleIndex;
  /** The text, byte for byte. */
  readonly raw: Uint8Array<ArrayBuffer>;
}

/** The text of an index: the same for the same value. */
export function indexText(index: BundleIndex): IdentifiedIndex {
  const raw = new TextEncoder().encode(`${JSON.stringify(index)}\n`);
  return { id: digestOf(raw), index, raw };
}

/**
 * Reads the text of an index, which anybody may have written.
 *
 * @throws {FerryError} ARCHIVE_INVALID
 */
export function parseIndex(raw: Uint8Array<ArrayBuffer>): IdentifiedIndex {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch (cause) {
    throw new FerryError("ARCHIVE_INVALID", `Bundle is not valid: ${INDEX_PATH} is not JSON`, { cause });
  }
  if (!isJsonObject(value)) throw invalid("it is no object");
  if (value.version !== 1) {
    throw new FerryError("UNSUPPORTED", `Bundle has a ${INDEX_PATH} of version ${String(value.version).slice(0, 20)}`, {
      hint: "a newer version of this program may read it",
    });
  }
  checkText(value, "createdBy");
  if (value.created !== undefined) checkText(value, "created");
  if (value.base !== undefined && (!isJsonObject(value.base) || !isDigestText(value.base.id))) {
    throw invalid("base has no id");
  }
  for (const image of objects(value, "images")) checkImage(image);
  for (const content of objects(value, "content")) checkContent(content);
  if (value.needs !== undefined) { for (const content of objects(value, "needs")) checkContent(content); }
  return { id: digestOf(raw), index: value as unknown as BundleIndex, raw };
}

function checkImage(image: JsonObject): void {
  for (const key of ["name", "source", "mediaType"]) checkText(image, key);
  if (!isDigestText(image.digest)) throw invalid("an image has no digest");
  checkName(image.name as string, image.digest);
  if (!isSize(image.size)) throw invalid("an image has no size");
  if (image.platforms !== undefined) {
    if (!Array.isArray(image.platforms)) throw invalid("platforms is no list");
    for (const text of image.platforms) checkText({ platform: text }, "platform");
  }
  if (image.external !== undefined && !(Array.isArray(image.external) && image.external.every(isDigestText))) {
    throw invalid("external is no list of digests");
  }
  for (const { subject, digest } of image.referrers === undefined ? [] : objects(image, "referrers")) {
    if (!isDigestText(subject) || !isDigestText(digest)) throw invalid("a referrer has no digest");
  }
  for (const { tag, digest } of image.digestTags === undefined ? [] : objects(image, "digestTags")) {
    if (typeof tag !== "string" || !isTag(tag) || !isDigestText(digest)) throw invalid("a digest tag is no tag");
  }
}

/** It says where the image goes: a layout would be outside of all prefixes, and another digest would promise another image. */
function checkName(name: string, digest: Digest): void {
  let reference: Reference;
  try {
    reference = parseReference(name);
  } catch (cause) {
    throw new FerryError("ARCHIVE_INVALID", `Bundle is not valid: the name of an image is no reference`, { cause });
  }
  if (reference.scheme !== "reg") throw invalid("the name of an image is none of a registry");
  if (reference.digest !== "" && reference.digest !== digest) throw invalid("the name of an image has another digest");
}

function checkContent({ kind, digest, size, mediaType }: JsonObject): void {
  if (kind !== "manifest" && kind !== "blob") throw invalid("a piece of content is neither manifest nor blob");
  if (!isDigestText(digest)) throw invalid("a piece of content has no digest");
  if (!isSize(size)) throw invalid("a piece of content has no size");
  if (mediaType !== undefined) checkText({ mediaType }, "mediaType");
}

function objects(value: JsonObject, key: string): JsonObject[] {
  const list = value[key];
  if (!Array.isArray(list) || !list.every(isJsonObject)) throw invalid(`${key} is no list of objects`);
  return list;
}

/** Texts are shown: no control characters. */
function checkText(value: JsonObject, key: string): void {
  const text = value[key];
  // deno-lint-ignore no-control-regex -- just those are looked for
  if (typeof text !== "string" || text.length > 4096 || /[\x00-\x1f\x7f-\x9f]/.test(text)) {
    throw invalid(`${key} is no text`);
  }
}

function isDigestText(value: unknown): value is Digest {
  return typeof value === "string" && isDigest(value);
}

function isSize(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function invalid(what: string): FerryError {
  return new FerryError("ARCHIVE_INVALID", `Bundle is not valid: in ${INDEX_PATH}, ${what}`);
}
