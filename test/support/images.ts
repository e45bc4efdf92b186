/** Small images, indexes and artifacts, the same bytes on every run. */
import { gzipSync } from "node:zlib";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import type { Platform } from "../../src/oci/platform.ts";
import type { Content } from "./content.ts";
import { noise } from "./sources.ts";

const encoder = new TextEncoder();

/** The JSON text of a value as bytes. */
export function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(value));
}

/** A layer and what its config says of it. */
export interface Layer {
  readonly descriptor: Descriptor;
  readonly diffId: string;
}

/** A gzipped tar with one file of `size` bytes of noise. */
export function addLayer(content: Content, seed: number, size = 2000, algorithm = "sha256"): Layer {
  const tar = tarOf(`file-${seed}.bin`, noise(seed, size));
  const bytes = new Uint8Array(gzipSync(tar, { level: 1 }));
  const digest = content.addBlob(bytes, algorithm);
  return { descriptor: { mediaType: MEDIA_TYPE.ociLayerGzip, digest, size: bytes.byteLength }, diffId: digestOf(tar) };
}

/** What an image is made of. */
export interface ImageSpec {
  readonly tag?: string;
  readonly platform?: Platform;
  readonly layers: readonly Layer[];
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Docker schema 2 instead of OCI. */
  readonly docker?: boolean;
  readonly algorithm?: string;
}

/** An image with config; its descriptor carries the platform. */
export function addImage(content: Content, spec: ImageSpec): Descriptor {
  const { platform = { os: "linux", architecture: "amd64" }, layers, docker = false, algorithm = "sha256" } = spec;
  const config = jsonBytes({
    created: "2024-01-01T00:00:00Z",
    ...platform,
    config: { Env: ["PATH=/bin"], Cmd: ["/bin/sh"], Labels: { seed: String(layers.length) } },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, at) => ({ created: "2024-01-01T00:00:00Z", created_by: `layer ${at}` })),
  });
  const mediaType = docker ? MEDIA_TYPE.dockerManifest : MEDIA_TYPE.ociManifest;
  const descriptor = add(content, spec.tag, algorithm, {
    schemaVersion: 2,
    mediaType,
    ...(spec.artifactType === undefined ? {} : { artifactType: spec.artifactType }),
    config: {
      mediaType: docker ? MEDIA_TYPE.dockerConfig : MEDIA_TYPE.ociConfig,
      digest: content.addBlob(config, algorithm),
      size: config.byteLength,
    },
    layers: layers.map((layer) =>
      docker ? { ...layer.descriptor, mediaType: MEDIA_TYPE.dockerLayerGzip } : layer.descriptor
    ),
    ...(spec.subject === undefined ? {} : { subject: bare(spec.subject) }),
    ...(spec.annotations === undefined ? {} : { annotations: spec.annotations }),
  });
  return { ...descriptor, platform };
}

/** What an index is made of. */
export interface IndexSpec {
  readonly tag?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly docker?: boolean;
  readonly algorithm?: string;
}

/** An index, or a Docker manifest list. */
export function addIndex(content: Content, spec: IndexSpec): Descriptor {
  return add(content, spec.tag, spec.algorithm ?? "sha256", {
    schemaVersion: 2,
    mediaType: spec.docker === true ? MEDIA_TYPE.dockerManifestList : MEDIA_TYPE.ociIndex,
    ...(spec.artifactType === undefined ? {} : { artifactType: spec.artifactType }),
    manifests: spec.manifests,
    ...(spec.subject === undefined ? {} : { subject: bare(spec.subject) }),
    ...(spec.annotations === undefined ? {} : { annotations: spec.annotations }),
  });
}

/** What an artifact is made of. */
export interface ArtifactSpec {
  readonly tag?: string;
  readonly artifactType: string;
  readonly subject?: Descriptor;
  readonly text?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An artifact with one blob of text (image-spec, manifest.md, "Guidelines for Artifact Usage"). */
export function addArtifact(content: Content, spec: ArtifactSpec): Descriptor {
  const text = encoder.encode(spec.text ?? spec.artifactType);
  const empty = encoder.encode("{}");
  return add(content, spec.tag, "sha256", {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    artifactType: spec.artifactType,
    config: { mediaType: MEDIA_TYPE.ociEmpty, digest: content.addBlob(empty), size: 2, data: "e30=" },
    layers: [{ mediaType: "text/plain", digest: content.addBlob(text), size: text.byteLength }],
    ...(spec.subject === undefined ? {} : { subject: bare(spec.subject) }),
    ...(spec.annotations === undefined ? {} : { annotations: spec.annotations }),
  });
}

/** A Docker schema 1 manifest; signed ones have a digest that leaves the signature out. */
export function addSchema1(content: Content, layers: readonly Layer[], tag: string, signed: boolean): Descriptor {
  const value = {
    schemaVersion: 1,
    name: "test/schema1",
    tag,
    architecture: "amd64",
    fsLayers: layers.map(({ descriptor }) => ({ blobSum: descriptor.digest })),
    history: layers.map((_, at) => ({ v1Compatibility: JSON.stringify({ id: `layer${at}` }) })),
  };
  const payload = JSON.stringify(value, null, 3);
  if (!signed) return add(content, tag, "sha256", value, MEDIA_TYPE.dockerSchema1);
  const tail = "\n}";
  const head = payload.slice(0, -tail.length);
  const header = { formatLength: head.length, formatTail: base64url(tail), time: "2024-01-01T00:00:00Z" };
  const signature = { header: { alg: "ES256" }, signature: "AAAA", protected: base64url(JSON.stringify(header)) };
  const bytes = encoder.encode(`${head},\n   "signatures": [${JSON.stringify(signature)}]${tail}`);
  const digest = content.addManifest(MEDIA_TYPE.dockerSchema1Signed, bytes, tag);
  return { mediaType: MEDIA_TYPE.dockerSchema1Signed, digest, size: bytes.byteLength };
}

function base64url(text: string): string {
  return encoder.encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

function bare({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

/** Adds any JSON as a manifest and gives its descriptor. */
export function add(
  content: Content,
  tag: string | undefined,
  algorithm: string,
  value: Readonly<Record<string, unknown>>,
  mediaType = String(value.mediaType),
): Descriptor {
  const bytes = jsonBytes(value);
  return { mediaType, digest: content.addManifest(mediaType, bytes, tag, algorithm), size: bytes.byteLength };
}

/** A tar with one file (POSIX ustar). */
export function tarOf(name: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;
  const tar = new Uint8Array(512 + Math.ceil(data.byteLength / 512) * 512 + 1024);
  const set = (at: number, text: string): void => tar.set(encoder.encode(text), at);
  set(0, name);
  set(100, octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(data.byteLength, 12) + octal(0, 12));
  set(148, "        0");
  set(257, "ustar\x0000");
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  set(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  tar.set(data, 512);
  return tar;
}
