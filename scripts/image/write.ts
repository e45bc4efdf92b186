/**
 * Writes the images into an OCI layout: for each an index of its platforms under a tag, with bills of materials as referrers.
 *
 * @module
 */
import type { Descriptor, JsonObject, Reference, Transport } from "../../mod.ts";
import {
  buildManifest,
  createLayoutTransport,
  digestOf,
  MEDIA_TYPE,
  parseReference,
  withDigest,
  withTag,
} from "../../mod.ts";
import { ANNOTATION } from "../../src/oci/annotation.ts";
import type { Component, Subject } from "../release/component.ts";
import { spdx } from "../release/spdx.ts";
import { type Layer, type LayerOptions, putLayer } from "./layer.ts";
import { type Part, programPart, USER } from "./recipe.ts";
import type { Tree } from "./tree.ts";

const SPDX = "application/spdx+json";

/** An image for one platform. */
export interface PlatformImage {
  /** Architecture, as images name it. */
  readonly architecture: string;
  /** The program. */
  readonly program: string;
  /** What is in it besides, in layers from the bottom. */
  readonly parts: readonly Part[];
}

/** An image for several platforms. */
export interface ImageRecipe {
  /** Tag that it gets. */
  readonly tag: string;
  /** Its platforms. */
  readonly platforms: readonly PlatformImage[];
}

/** What goes into every image. */
export interface ImageOptions {
  /** The folder of the layout; must not exist. */
  readonly folder: string;
  /** What the program is. */
  readonly subject: Subject;
  /** Address of the repository, where it is known. */
  readonly source: string | undefined;
  /** Licenses of what is in the program. */
  readonly notices: string;
  /** What is in the program. */
  readonly components: readonly Component[];
  /** How layers are compressed. */
  readonly compression: "gzip" | "zstd";
  /** The level of the compression. */
  readonly level: number;
}

/** An image that was written. */
export interface WrittenImage {
  /** Its tag. */
  readonly tag: string;
  /** Digest of the index. */
  readonly digest: string;
  /** Bytes of the layers by platform, as they are sent. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Writes images. */
export async function writeImages(options: ImageOptions, recipes: readonly ImageRecipe[]): Promise<WrittenImage[]> {
  const transport = createLayoutTransport();
  const place = parseReference(`ocidir://${options.folder}`);
  const writer = new Writer(options, transport, place);
  const written: WrittenImage[] = [];
  for (const recipe of recipes) written.push(await writer.image(recipe));
  await transport.close(place);
  return written;
}

class Writer {
  readonly #options: ImageOptions;
  readonly #transport: Transport;
  readonly #place: Reference;
  readonly #layers = new Map<string, Promise<Layer>>();

  constructor(options: ImageOptions, transport: Transport, place: Reference) {
    this.#options = options;
    this.#transport = transport;
    this.#place = place;
  }

  async image({ tag, platforms }: ImageRecipe): Promise<WrittenImage> {
    const { subject, components } = this.#options;
    const manifests: Descriptor[] = [];
    const sizes = new Map<string, number>();
    for (const { architecture, program, parts } of platforms) {
      const layers: Layer[] = [];
      for (const part of parts) layers.push(await this.#layer(part.tree));
      layers.push(await this.#layer(programPart(program, this.#options.notices)));
      const manifest = await this.#manifest(architecture, layers);
      await this.#bill(
        manifest,
        spdx({ ...subject, mark: `${tag}-linux-${architecture}` }, [
          ...components,
          ...parts.flatMap((part) => part.components),
        ]),
      );
      manifests.push({ ...manifest, platform: { os: "linux", architecture } });
      sizes.set(`linux/${architecture}`, layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0));
    }
    const index = buildManifest(
      { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests, annotations: this.#annotations() },
      MEDIA_TYPE.ociIndex,
    );
    await this.#transport.putManifest(withTag(this.#place, tag), index);
    await this.#bill(index.descriptor, spdx(subject, components));
    return { tag, digest: index.descriptor.digest, sizes };
  }

  /** Layers that images share are made once. */
  #layer(tree: Tree): Promise<Layer> {
    const { compression, level } = this.#options;
    const key = JSON.stringify(tree, (_, value) => value instanceof Uint8Array ? digestOf(value) : value);
    const known = this.#layers.get(key);
    if (known !== undefined) return known;
    const options: LayerOptions = { compression, level, seconds: Date.parse(this.#options.subject.date) / 1000 };
    const made = putLayer(this.#transport, this.#place, tree, options);
    this.#layers.set(key, made);
    return made;
  }

  async #manifest(architecture: string, layers: readonly Layer[]): Promise<Descriptor> {
    const created = this.#options.subject.date;
    const annotations = this.#annotations();
    const config = await this.#blob(MEDIA_TYPE.ociConfig, {
      created,
      architecture,
      os: "linux",
      config: {
        User: `${USER}:${USER}`,
        Env: ["PATH=/usr/bin:/bin", "HOME=/home/ferry"],
        Entrypoint: ["/usr/bin/ferry"],
        Cmd: ["--help"],
        WorkingDir: "/",
        Labels: annotations,
      },
      rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
      history: layers.map(() => ({ created, created_by: "ferry: deno task image" })),
    });
    return await this.#put({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      config,
      layers: layers.map(({ descriptor }) => descriptor),
      annotations,
    });
  }

  /** A bill of materials that refers to a manifest (image-spec, manifest.md, "Guidelines for Artifact Usage"). */
  async #bill(subject: Descriptor, document: string): Promise<void> {
    const { mediaType, digest, size } = subject;
    await this.#put({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      artifactType: SPDX,
      config: await this.#blob(MEDIA_TYPE.ociEmpty, {}),
      layers: [{
        ...await this.#bytes(SPDX, new TextEncoder().encode(document)),
        annotations: { [ANNOTATION.title]: "ferry.spdx.json" },
      }],
      subject: { mediaType, digest, size },
      annotations: { [ANNOTATION.created]: this.#options.subject.date },
    });
  }

  async #put(json: JsonObject): Promise<Descriptor> {
    const manifest = buildManifest(json, MEDIA_TYPE.ociManifest);
    const { mediaType, digest, size } = manifest.descriptor;
    await this.#transport.putManifest(withDigest(this.#place, digest), manifest);
    return { mediaType, digest, size };
  }

  #blob(mediaType: string, json: JsonObject): Promise<Descriptor> {
    return this.#bytes(mediaType, new TextEncoder().encode(JSON.stringify(json)));
  }

  async #bytes(mediaType: string, bytes: Uint8Array<ArrayBuffer>): Promise<Descriptor> {
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
    await this.#transport.putBlob(this.#place, {
      descriptor,
      reopenable: true,
      open: (offset) =>
        Promise.resolve({ body: ReadableStream.from([bytes.slice(offset)]), size: bytes.length - offset, offset }),
    });
    return descriptor;
  }

  #annotations(): Record<string, string> {
    const { subject: { version, commit, date }, source } = this.#options;
    return {
      [ANNOTATION.title]: "ferry",
      [ANNOTATION.description]: "Copies, inspects and serves container images and artifacts",
      [ANNOTATION.version]: version,
      [ANNOTATION.created]: date,
      ...(commit === "" ? {} : { [ANNOTATION.revision]: commit }),
      ...(source === undefined ? {} : { [ANNOTATION.source]: source }),
    };
  }
}
