/**
 * Images and artifacts of the corpus (image-spec, config.md and manifest.md).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Descriptor, JsonObject } from "../../src/oci/descriptor.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { gzip } from "./gzip.ts";
import type { LayoutWriter } from "./layout.ts";
import { Random } from "./random.ts";
import { tar } from "./tar.ts";

/** Media types of one family of images. */
export interface Family {
  /** Of the manifest. */
  readonly manifest: string;
  /** Of the config. */
  readonly config: string;
  /** Of a layer. */
  readonly layer: string;
}

/** Images as OCI has them. */
export const OCI: Family = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

/** Images as Docker had them. */
export const DOCKER: Family = {
  manifest: "application/vnd.docker.distribution.manifest.v2+json",
  config: "application/vnd.docker.container.image.v1+json",
  layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
};

/** When everything was made. */
export const CREATED = "2024-01-02T03:04:05Z";

/** Platforms of the images that have several. */
export const PLATFORMS: readonly Platform[] = [
  { architecture: "amd64", os: "linux" },
  { architecture: "arm64", os: "linux" },
  { architecture: "arm", os: "linux", variant: "v7" },
];

/** What an image runs on. */
export interface Platform {
  /** Architecture. */
  readonly architecture: string;
  /** Operating system. */
  readonly os: string;
  /** Variant of the architecture. */
  readonly variant?: string;
}

/** A root file system of `mib` MiB, half of it text. */
export function rootfs(seed: string, mib: number, prefix: string): Uint8Array<ArrayBuffer> {
  const random = new Random(seed);
  const size = Math.floor(mib * 1024 * 1024 / 40);
  const number = (index: number) => index.toString().padStart(2, "0");
  const libraries = Array.from({ length: 20 }, (_, index) => ({
    name: `usr/lib/${prefix}${number(index)}.so`,
    content: new Uint8Array(Buffer.concat([random.bytes(size >> 1), random.text(size >> 1)])),
  }));
  const texts = Array.from({ length: 20 }, (_, index) => ({
    name: `usr/share/${prefix}/${number(index)}.txt`,
    content: random.text(size),
  }));
  return tar([
    { name: "etc", folder: true },
    { name: "etc/os-release", content: new TextEncoder().encode('NAME="Corpus"\nID=corpus\n') },
    { name: "usr", folder: true },
    { name: "usr/bin", folder: true },
    { name: "usr/lib", folder: true },
    ...libraries,
    ...texts,
    { name: `usr/bin/${prefix}`, link: `../lib/${prefix}00.so` },
  ]);
}

/** An image config. */
export function imageConfig(platform: Platform, diffIds: readonly string[], more: JsonObject = {}): Uint8Array {
  const config = {
    created: CREATED,
    author: "corpus",
    ...platform,
    config: {
      User: "1000:1000",
      ExposedPorts: { "8080/tcp": {} },
      Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"],
      Entrypoint: ["/usr/bin/app"],
      Cmd: ["--serve"],
      Volumes: { "/data": {} },
      WorkingDir: "/srv",
      Labels: { "org.opencontainers.image.title": "corpus", "org.opencontainers.image.version": "1.0" },
      StopSignal: "SIGTERM",
    },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: [
      ...diffIds.map((_, index) => ({ created: CREATED, created_by: `ADD layer ${index}` })),
      { created: CREATED, created_by: "CMD --serve", empty_layer: true },
    ],
    ...more,
  };
  return new TextEncoder().encode(JSON.stringify(config));
}

/** A layer that is stored. */
export interface Layer {
  /** Its descriptor. */
  readonly descriptor: Descriptor;
  /** Digest of the tar archive in it. */
  readonly diffId: string;
}

/** Stores a tar archive as a layer. */
export function layer(
  layout: LayoutWriter,
  archive: Uint8Array,
  options: { readonly mediaType?: string; readonly pack?: typeof gzip; readonly algorithm?: string } = {},
): Layer {
  const { mediaType = OCI.layer, pack = gzip, algorithm } = options;
  const descriptor = layout.blob(pack(archive), mediaType, {}, algorithm);
  return { descriptor, diffId: digestOf(archive, algorithm) };
}

/** What an image is, where it differs from the usual. */
export interface ImageOptions {
  /** Media types. */
  readonly family?: Family;
  /** What it runs on. */
  readonly platform?: Platform;
  /** Tags. */
  readonly tags?: readonly string[];
  /** Annotations of the manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Digest algorithm of everything. */
  readonly algorithm?: string;
}

/** Stores an image of layers; gives its descriptor with the platform. */
export function image(layout: LayoutWriter, layers: readonly Layer[], options: ImageOptions = {}): Descriptor {
  const { family = OCI, platform = PLATFORMS[0]!, algorithm } = options;
  const config = imageConfig(platform, layers.map(({ diffId }) => diffId));
  const descriptor = layout.manifest(
    {
      schemaVersion: 2,
      mediaType: family.manifest,
      config: layout.blob(config, family.config, {}, algorithm),
      layers: layers.map((one) => one.descriptor),
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    },
    options.tags,
    algorithm,
  );
  return { ...descriptor, platform };
}

/** Stores an index of three images with three layers of the given sizes in MiB. */
export function platforms(
  layout: LayoutWriter,
  seed: string,
  sizes: readonly [number, number, number],
  tags: readonly string[] = [],
): { readonly index: Descriptor; readonly images: readonly Descriptor[] } {
  const names = ["base", "deps", "app"];
  const images = PLATFORMS.map((platform) => {
    const layers = sizes.map((size, at) =>
      layer(layout, rootfs(`${seed} ${platform.architecture} ${at}`, size, names[at]!))
    );
    return image(layout, layers, {
      platform,
      annotations: { "org.opencontainers.image.created": CREATED, "org.opencontainers.image.revision": "abc123" },
    });
  });
  const annotations = { "org.opencontainers.image.title": "corpus", "org.opencontainers.image.licenses": "Apache-2.0" };
  return { index: layout.index(images, tags, { annotations }), images };
}

/** The three fields of a descriptor that a subject has. */
export function subjectOf({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

/** Stores an artifact with one layer (image-spec, manifest.md, "Guidelines for Artifact Usage"). */
export function artifact(
  layout: LayoutWriter,
  artifactType: string,
  content: string,
  options: {
    readonly subject?: Descriptor;
    readonly tags?: readonly string[];
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
): Descriptor {
  const { subject, annotations } = options;
  const empty = layout.blob(new TextEncoder().encode("{}"), "application/vnd.oci.empty.v1+json", { data: "e30=" });
  const descriptor = layout.manifest({
    schemaVersion: 2,
    mediaType: OCI.manifest,
    artifactType,
    config: empty,
    layers: [layout.blob(new TextEncoder().encode(content), artifactType)],
    ...(subject === undefined ? {} : { subject: subjectOf(subject) }),
    ...(annotations === undefined ? {} : { annotations }),
  }, options.tags);
  return annotations === undefined ? descriptor : { ...descriptor, annotations };
}

/**
 * Lists the referrers of a manifest under the tag that stands for the API where there is none (distribution-spec, "Referrers Tag
 * Schema").
 */
export function referrerList(layout: LayoutWriter, subject: Descriptor, referrers: readonly Descriptor[]): void {
  layout.index(referrers, [subject.digest.replace(":", "-")]);
}
