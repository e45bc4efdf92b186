/**
 * Finds all that images need, so that an archive can be laid out before a layer is read.
 *
 * @module
 */
import { cutIndex, entriesFor, onlyImage } from "../copy/platforms.ts";
import { inPool } from "../copy/pool.ts";
import { FerryError, isFerryError, withHint } from "../errors.ts";
import { Collector, type Item, type Listed } from "../layout_archive/collect.ts";
import type { DockerImage } from "../layout_archive/docker_file.ts";
import { ANNOTATION } from "../oci/annotation.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import { formatPlatform, type Platform } from "../oci/platform.ts";
import { formatReference, formatRepository } from "../reference/format.ts";
import { type Reference, withDigest } from "../reference/reference.ts";
import type { Transport } from "../transport/transport.ts";
import { engineImage } from "./docker_images.ts";
import type { BundleImage } from "./form.ts";

/** Images that are looked at at a time. */
const IMAGES_AT_ONCE = 8;

/** An image that is wanted in a bundle. */
export interface BundleSource {
  /** Full name in the bundle, of a registry. */
  readonly name: Reference;
  /** Where it is. */
  readonly reference: Reference;
  /** Serves it. */
  readonly transport: Transport;
  /** Only these platforms of an index: one gives its manifest alone, several an index of just those. */
  readonly platforms: readonly Platform[];
  /** With its referrers, and theirs. */
  readonly referrers: boolean;
  /** With tags that belong to its digests by their names. */
  readonly digestTags: boolean;
}

/** Options of {@linkcode gather}. */
export interface GatherOptions {
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** An image with its content. */
export interface GatheredImage {
  /** Its row of the index. */
  readonly image: BundleImage;
  /** Its name. */
  readonly name: Reference;
  /** What belongs to it, in the order of the archive. */
  readonly items: readonly Item[];
  /** What engines that know no layouts get of it. */
  readonly docker: DockerImage | undefined;
  /** Digest tags. */
  readonly listed: readonly Listed[];
  /** Referrers by their subject. */
  readonly referrers: ReadonlyMap<Digest, readonly Descriptor[]>;
}

/** Images with their content. */
export interface Gathered {
  /** Images, in the order in which they were given. */
  readonly images: readonly GatheredImage[];
  /** Layers with urls that are not there, and need not be. */
  readonly external: readonly Descriptor[];
}

/**
 * Finds what images need. What several tags of a repository share is asked for once.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, BLOB_UNKNOWN where a part is missing, PLATFORM_UNKNOWN, ARGUMENT_INVALID where two images have
 * one name, and failures of the transports
 */
export async function gather(sources: readonly BundleSource[], options: GatherOptions = {}): Promise<Gathered> {
  const remembered = new Map<Transport, Transport>();
  const found: (GatheredImage & { readonly external: readonly Descriptor[] })[] = [];
  await inPool(sources, IMAGES_AT_ONCE, async (source, at) => {
    await source.transport.copyGuard?.export(source.reference, options.signal);
    const transport = remembered.get(source.transport) ?? remembering(source.transport);
    remembered.set(source.transport, transport);
    found[at] = await gatherOne({ ...source, transport }, options);
  });
  const named = new Map<string, GatheredImage>();
  for (const one of found) {
    const { name, digest } = one.image;
    const known = named.get(name);
    if (known === undefined) named.set(name, one);
    else if (known.image.digest !== digest) {
      throw new FerryError(
        "ARGUMENT_INVALID",
        `Two images have the name "${name}": ${known.image.digest} and ${digest}`,
        {
          hint: 'give one of them another name with "as" in a list',
        },
      );
    }
  }
  return { images: [...named.values()], external: found.flatMap(({ external }) => external) };
}

async function gatherOne(source: BundleSource, { signal }: GatherOptions) {
  const { name, platforms, reference, transport } = source;
  signal?.throwIfAborted();
  const call = signal === undefined ? {} : { signal };
  const whole = await transport.getManifest(reference, call);
  const manifest = await chosen(
    whole,
    platforms,
    (digest) => transport.getManifest(withDigest(reference, digest), call),
  );
  const collector = new Collector({ referrers: source.referrers, digestTags: source.digestTags, ...call });
  await collector.add({ transport, reference, manifest });
  const { items, listed, referrers, external } = collector;
  const docker = await engineImage(manifest, (digest) => transport.getManifest(withDigest(reference, digest), call));
  const shown = platformsOf(manifest);
  const { digest, mediaType } = manifest.descriptor;
  const pairs = [...referrers].flatMap(([subject, list]) => list.map((one) => ({ subject, digest: one.digest })));
  const image: BundleImage = {
    name: formatReference(name),
    source: formatReference(reference),
    digest,
    mediaType,
    size: items.reduce((sum, { size }) => sum + size, 0),
    ...(shown.length === 0 ? {} : { platforms: shown }),
    ...(pairs.length === 0 ? {} : { referrers: pairs }),
    ...(external.length === 0 ? {} : { external: external.map((layer) => layer.digest) }),
    ...(listed.length === 0
      ? {}
      : { digestTags: listed.map(({ tag, descriptor }) => ({ tag, digest: descriptor.digest })) }),
  };
  return { image, name, items, docker, listed, referrers, external };
}

async function chosen(
  whole: Manifest,
  platforms: readonly Platform[],
  get: (digest: Digest) => Promise<Manifest>,
): Promise<Manifest> {
  if (platforms.length === 0 || whole.kind !== "index") return whole;
  const entries = entriesFor(whole, platforms);
  return platforms.length === 1 ? await get(onlyImage(entries).digest) : cutIndex(whole, entries);
}

function platformsOf({ manifests }: Manifest): string[] {
  const texts = manifests.filter(({ annotations }) => annotations?.[ANNOTATION.dockerReferenceDigest] === undefined)
    .flatMap(({ platform }) => platform === undefined ? [] : [formatPlatform(platform)]);
  return [...new Set(texts)];
}

/** The same place, of which nothing is asked twice that does not change: manifests by digest, and the lists of a run. */
function remembering(transport: Transport): Transport {
  const memory = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const asked = (memory.get(key) ?? ask()) as Promise<T>;
    memory.set(key, asked);
    return asked;
  };
  return {
    ...transport,
    getManifest: (reference, options) =>
      reference.digest === ""
        ? transport.getManifest(reference, options)
        : once(`manifest ${formatRepository(reference)}@${reference.digest}`, () =>
          transport.getManifest(reference, options)),
    listTags: (reference, options) =>
      once(`tags ${formatRepository(reference)}`, async () => {
        try {
          return await transport.listTags(reference, options);
        } catch (error) {
          if (isFerryError(error, "NAME_UNKNOWN")) return { tags: [] };
          if (!isFerryError(error, "UNAUTHORIZED", "DENIED", "UNSUPPORTED", "HTTP_4XX")) throw error;
          throw withHint(error, "if its tags may not be listed, leave digest tags out with --digest-tags=false");
        }
      }),
    listReferrers: (reference, options) =>
      once(`referrers ${formatRepository(reference)}@${reference.digest}`, async () => {
        const { descriptors, from } = await transport.listReferrers(reference, options);
        // Registries may give them in any order; a bundle has but one.
        return { descriptors: descriptors.toSorted((a, b) => a.digest < b.digest ? -1 : 1), from };
      }),
  };
}
