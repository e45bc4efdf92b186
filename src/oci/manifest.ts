/**
 * Manifests of every kind: the raw bytes and what they say (image-spec, manifest.md and image-index.md; Docker schema 1 and 2).
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { type Descriptor, isJsonObject, type JsonObject, parseDescriptor } from "./descriptor.ts";
import { type Digest, digestOf, parseDigest } from "./digest.ts";
import { baseMediaType, isImageType, isIndexType, isSchema1Type, MEDIA_TYPE } from "./media_type.ts";

/** Most bytes of a manifest that ferry reads: 8 MiB, so that no registry can fill memory. */
export const MANIFEST_MAX_BYTES: number = 8 * 1024 * 1024;

/** What a manifest is, by its media type. */
export type ManifestKind = "image" | "index" | "schema1" | "artifact" | "unknown";

/** A manifest: its bytes as received and what they say. Immutable. */
export interface Manifest {
  /** The bytes, exactly as received; these are what is stored, sent and shown raw. */
  readonly raw: Uint8Array;
  /** Names the bytes: media type, digest and size, with artifactType and annotations where the manifest has them. */
  readonly descriptor: Descriptor;
  /** What the manifest is. */
  readonly kind: ManifestKind;
  /** The parsed JSON; big integers lose precision here, so nothing is written from it. */
  readonly json: JsonObject;
  /** Child manifests of an index, else empty. */
  readonly manifests: readonly Descriptor[];
  /** Config of an image or artifact manifest. */
  readonly config: Descriptor | undefined;
  /** Layers of an image manifest, blobs of an artifact manifest or layers of a schema 1 manifest (of unknown size: -1). */
  readonly layers: readonly Descriptor[];
  /** The manifest that this one refers to. */
  readonly subject: Descriptor | undefined;
  /** Type of the artifact, where given; for an image manifest without one, the config's media type when it is no image. */
  readonly artifactType: string | undefined;
  /** Annotations of the manifest itself. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** What is known of a manifest before its bytes are looked at. */
export interface ManifestHints {
  /** Content-Type that came with it. */
  readonly mediaType?: string | undefined;
  /** Digest that it must have. */
  readonly digest?: Digest | undefined;
  /** Size that it must have, bytes. */
  readonly size?: number | undefined;
}

/**
 * Reads a manifest from its bytes and checks digest and size where they are known.
 *
 * @throws {FerryError} MANIFEST_INVALID, MANIFEST_TOO_LARGE, DIGEST_MISMATCH, SIZE_MISMATCH
 */
export function parseManifest(raw: Uint8Array, hints: ManifestHints = {}): Manifest {
  if (raw.byteLength > MANIFEST_MAX_BYTES) {
    throw new FerryError(
      "MANIFEST_TOO_LARGE",
      `Manifest has ${raw.byteLength} bytes, at most ${MANIFEST_MAX_BYTES} are read`,
    );
  }
  const algorithm = hints.digest === undefined ? "sha256" : parseDigest(hints.digest).algorithm;
  const json = parseJsonObject(raw);
  const mediaType = detectMediaType(json, hints.mediaType);
  const digest = digestOf(isSchema1Type(mediaType) ? schema1Payload(raw, json) : raw, algorithm);
  if (hints.size !== undefined && hints.size !== raw.byteLength) {
    throw new FerryError("SIZE_MISMATCH", `Size of the manifest is ${raw.byteLength} bytes, expected ${hints.size}`);
  }
  if (hints.digest !== undefined && hints.digest !== digest) {
    throw new FerryError("DIGEST_MISMATCH", `Digest of the manifest is ${digest}, expected ${hints.digest}`);
  }
  const kind = kindOf(mediaType);
  const annotations = textRecord(json.annotations, "annotations");
  const config = json.config === undefined || json.config === null || kind === "index" || kind === "schema1"
    ? undefined
    : parseDescriptor(json.config, "config");
  const artifactType = artifactTypeOf(json, config, kind);
  return {
    raw,
    kind,
    json,
    descriptor: {
      mediaType,
      digest,
      size: raw.byteLength,
      ...(artifactType === undefined ? {} : { artifactType }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    manifests: kind === "index" ? descriptors(json.manifests, "manifests") : [],
    config,
    layers: kind === "schema1"
      ? schema1Layers(json)
      : descriptors(kind === "artifact" ? json.blobs : json.layers, "layers"),
    subject: json.subject === undefined || json.subject === null ? undefined : parseDescriptor(json.subject, "subject"),
    artifactType,
    annotations,
  };
}

/**
 * Makes a manifest from JSON data: the bytes are its compact JSON text.
 *
 * @throws {FerryError} MANIFEST_INVALID
 */
export function buildManifest(json: JsonObject, mediaType: string, algorithm = "sha256"): Manifest {
  const raw = new TextEncoder().encode(JSON.stringify(json));
  return parseManifest(raw, { mediaType, digest: digestOf(raw, algorithm) });
}

/** Media type that the manifest's text shows, or that its Content-Type says; the text wins where it names one. */
export function detectMediaType(json: JsonObject, contentType: string | undefined): string {
  if (typeof json.mediaType === "string" && json.mediaType !== "") return json.mediaType;
  const given = contentType === undefined ? "" : baseMediaType(contentType);
  if (json.schemaVersion === 1) {
    return Array.isArray(json.signatures) ? MEDIA_TYPE.dockerSchema1Signed : MEDIA_TYPE.dockerSchema1;
  }
  if (isImageType(given) || isIndexType(given) || given === MEDIA_TYPE.ociArtifact) return given;
  if (Array.isArray(json.manifests)) return MEDIA_TYPE.ociIndex;
  if (isJsonObject(json.config) || Array.isArray(json.layers)) return MEDIA_TYPE.ociManifest;
  if (given !== "") return given;
  throw new FerryError("MANIFEST_INVALID", "Manifest is not valid: it has no media type and no known fields");
}

function kindOf(mediaType: string): ManifestKind {
  if (isImageType(mediaType)) return "image";
  if (isIndexType(mediaType)) return "index";
  if (isSchema1Type(mediaType)) return "schema1";
  return mediaType === MEDIA_TYPE.ociArtifact ? "artifact" : "unknown";
}

function artifactTypeOf(json: JsonObject, config: Descriptor | undefined, kind: ManifestKind): string | undefined {
  if (typeof json.artifactType === "string" && json.artifactType !== "") return json.artifactType;
  const type = config?.mediaType;
  const imageConfig = type === MEDIA_TYPE.ociConfig || type === MEDIA_TYPE.dockerConfig;
  return kind === "image" && type !== undefined && type !== "" && !imageConfig ? type : undefined;
}

function parseJsonObject(raw: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch (cause) {
    throw new FerryError("MANIFEST_INVALID", "Manifest is not valid: it is not JSON", { cause });
  }
  if (!isJsonObject(value)) throw new FerryError("MANIFEST_INVALID", "Manifest is not valid: it is not a JSON object");
  return value;
}

function descriptors(value: unknown, where: string): Descriptor[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new FerryError("MANIFEST_INVALID", `Manifest is not valid: ${where} is not a list`);
  return value.map((item, at) => parseDescriptor(item, `${where}[${at}]`));
}

function textRecord(value: unknown, where: string): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) {
    throw new FerryError("MANIFEST_INVALID", `Manifest is not valid: ${where} is not an object`);
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw new FerryError("MANIFEST_INVALID", `Manifest is not valid: ${where}["${key}"] is not text`);
    }
  }
  return value as Record<string, string>;
}

function schema1Layers(json: JsonObject): Descriptor[] {
  const layers = Array.isArray(json.fsLayers) ? json.fsLayers : [];
  return layers.map((layer, at) => {
    const blobSum = isJsonObject(layer) ? layer.blobSum : undefined;
    const { size: _size, ...descriptor } = parseDescriptor({ digest: blobSum, size: 0 }, `fsLayers[${at}]`);
    return { ...descriptor, mediaType: MEDIA_TYPE.dockerLayerGzip, size: -1 };
  });
}

/** The signed part of a schema 1 manifest is its text without the signatures, as its `protected` header tells. */
function schema1Payload(raw: Uint8Array, json: JsonObject): Uint8Array {
  const signature = Array.isArray(json.signatures) ? json.signatures[0] : undefined;
  if (!isJsonObject(signature) || typeof signature.protected !== "string") return raw;
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(signature.protected)));
    if (!isJsonObject(header) || typeof header.formatLength !== "number" || typeof header.formatTail !== "string") {
      return raw;
    }
    const tail = fromBase64Url(header.formatTail);
    const payload = new Uint8Array(header.formatLength + tail.byteLength);
    payload.set(raw.subarray(0, header.formatLength));
    payload.set(tail, header.formatLength);
    return payload;
  } catch (cause) {
    throw new FerryError("MANIFEST_INVALID", "Manifest is not valid: its signature cannot be read", { cause });
  }
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.fromBase64(text.replace(/=+$/, ""), { alphabet: "base64url" });
}
