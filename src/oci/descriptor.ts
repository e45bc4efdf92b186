/**
 * Content descriptors (image-spec, descriptor.md).
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { type Digest, digestOf, parseDigest } from "./digest.ts";
import type { Platform } from "./platform.ts";

/** Names a piece of content: what it is, how long, and its digest. Unknown fields of a parsed one are kept. */
export interface Descriptor {
  /** Media type of the content. */
  readonly mediaType: string;
  /** Digest of the content. */
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Other places that the content can be had from. */
  readonly urls?: readonly string[];
  /** Annotations. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The content itself, base64. */
  readonly data?: string;
  /** Type of an artifact, on a descriptor of a manifest. */
  readonly artifactType?: string;
  /** Platform, on a descriptor of an index. */
  readonly platform?: Platform;
}

/** A record of JSON whose values are not checked yet. */
export type JsonObject = Record<string, unknown>;

/** True for a JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks a value from JSON; `where` names it in errors, for example `layers[2]`.
 *
 * @throws {FerryError} MANIFEST_INVALID
 */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  if (!isJsonObject(value)) throw invalid(where, "is not an object");
  const { mediaType, digest, size, urls, annotations, data } = value;
  if (mediaType !== undefined && typeof mediaType !== "string") throw invalid(where, "has a mediaType that is no text");
  if (typeof digest !== "string") throw invalid(where, "has no digest");
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw invalid(where, "has no valid size");
  try {
    parseDigest(digest);
  } catch (cause) {
    throw new FerryError(
      "MANIFEST_INVALID",
      `Manifest is not valid: ${where} has the digest "${digest.slice(0, 160)}"`,
      {
        cause,
      },
    );
  }
  if (urls !== undefined && urls !== null && !(Array.isArray(urls) && urls.every((url) => typeof url === "string"))) {
    throw invalid(where, "has urls that are no list of texts");
  }
  if (annotations !== undefined && annotations !== null && !isJsonObject(annotations)) {
    throw invalid(where, "has annotations that are no object");
  }
  if (data !== undefined && data !== null && typeof data !== "string") throw invalid(where, "has data that is no text");
  return { ...value, mediaType: mediaType ?? "", digest, size } as Descriptor;
}

/**
 * The content that a descriptor carries in its `data` field, or undefined when it carries none that is right.
 * Wrong data is no error: the content is fetched instead (image-spec, descriptor.md, "Embedded Content").
 */
export function embeddedData(descriptor: Descriptor): Uint8Array | undefined {
  if (typeof descriptor.data !== "string") return undefined;
  try {
    const bytes = Uint8Array.fromBase64(descriptor.data);
    if (bytes.byteLength !== descriptor.size) return undefined;
    return digestOf(bytes, parseDigest(descriptor.digest).algorithm) === descriptor.digest ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function invalid(where: string, what: string): FerryError {
  return new FerryError("MANIFEST_INVALID", `Manifest is not valid: ${where} ${what}`);
}
