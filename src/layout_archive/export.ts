/**
 * An image as an archive that both OCI tools and `docker load` read.
 *
 * @module
 */
import { localPlatform } from "../config/local_platform.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { buildManifest, type Manifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media_type.ts";
import { findPlatform } from "../oci/platform_select.ts";
import { fallbackTag } from "../oci/referrers_tag.ts";
import { isRepository } from "../reference/grammar.ts";
import { formatReference } from "../reference/format.ts";
import { type Reference, withDigest } from "../reference/reference.ts";
import { type CollectOptions, Collector, type Item, type Root } from "./collect.ts";
import { DOCKER_PATH, dockerEntry, dockerImage } from "./docker_file.ts";
import type { LayoutArchive } from "./write.ts";

const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";

/** Options of {@linkcode exportImage}. */
export interface ExportOptions extends CollectOptions {
  /** Reference that the archive calls the image by, instead of where it is. */
  readonly name?: Reference | undefined;
}

/** What an export holds. */
export interface Export {
  /** The archive. */
  readonly archive: LayoutArchive;
  /** Layers with urls that were left out. */
  readonly external: readonly Descriptor[];
}

/**
 * Gathers an image for an archive. Classic engines get the image itself, or of an index the image of this machine's platform.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, BLOB_UNKNOWN where a part is missing, and failures of the transport
 */
export async function exportImage(root: Root, options: ExportOptions = {}): Promise<Export> {
  await root.transport.copyGuard?.export(root.reference, options.signal);
  const collector = new Collector(options);
  await collector.add(root);
  const named = options.name ?? root.reference;
  const { mediaType, digest, size } = root.manifest.descriptor;
  const top: Descriptor = {
    mediaType,
    digest,
    size,
    annotations: {
      [CONTAINERD_NAME]: formatReference(named),
      ...(named.tag === "" ? {} : { [REF_NAME]: named.tag }),
    },
  };
  const lists = referrerLists(collector.referrers);
  const listed = [...lists, ...collector.listed].map(({ descriptor, tag }): Descriptor => ({
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    annotations: { [REF_NAME]: tag },
  }));
  const docker = await dockerFile(root, named);
  return {
    archive: {
      manifests: [top, ...listed],
      files: docker === undefined ? [] : [{ name: DOCKER_PATH, text: docker }],
      items: [...collector.items, ...lists.map(({ item }) => item)],
    },
    external: collector.external,
  };
}

/** Lists of referrers under their fallback tags (distribution-spec, "Referrers Tag Schema"): a layout has no API. */
export function referrerLists(
  referrers: ReadonlyMap<Digest, readonly Descriptor[]>,
): readonly { readonly descriptor: Descriptor; readonly tag: string; readonly item: Item }[] {
  return [...referrers].map(([subject, manifests]) => {
    const { raw, descriptor } = buildManifest(
      { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests },
      MEDIA_TYPE.ociIndex,
    );
    const item: Item = {
      digest: descriptor.digest,
      size: raw.byteLength,
      kind: "manifest",
      mediaType: descriptor.mediaType,
      async *read() {
        yield await Promise.resolve(raw);
      },
    };
    return { descriptor, tag: fallbackTag(subject), item };
  });
}

/** The text of manifest.json, for engines that know no layouts; undefined where there is no image for them. */
async function dockerFile(root: Root, named: Reference): Promise<string | undefined> {
  const manifest = await imageOf(root);
  const image = manifest === undefined ? undefined : dockerImage(manifest);
  if (image === undefined) return undefined;
  const sources = Object.fromEntries(
    image.layers.map((layer) => [layer.digest, layer] as const).sort(([a], [b]) => a < b ? -1 : 1),
  );
  return JSON.stringify([{ ...dockerEntry(image, [dockerName(named)]), LayerSources: sources }]);
}

async function imageOf({ transport, reference, manifest }: Root): Promise<Manifest | undefined> {
  if (manifest.kind === "image") return manifest;
  if (manifest.kind !== "index") return undefined;
  const local = findPlatform(manifest.manifests, localPlatform());
  if (local === undefined) return undefined;
  const found = await transport.getManifest(withDigest(reference, local.digest));
  return found.kind === "image" ? found : undefined;
}

/** A name that engines take: a layout's is made of its path. */
function dockerName(reference: Reference): string {
  const tag = reference.tag === "" ? "latest" : reference.tag;
  if (reference.scheme !== "ocidir") return formatReference({ ...reference, digest: "", tag });
  const path = reference.path.toLowerCase().replace(/^\/+|\/+$/g, "").replace(/[^a-z0-9._/-]+/g, "-");
  return isRepository(path) ? `localhost/${path}:${tag}` : `localhost/image:${tag}`;
}
