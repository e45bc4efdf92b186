import {
  annotationsOf,
  type Context,
  copyImage,
  CopyRun,
  type Descriptor,
  FerryError,
  getSmallBlob,
  type InputOf,
  localPlatform,
  type Manifest,
  MEDIA_TYPE,
  parseImageConfig,
  parsePlatform,
  type Platform,
  platformFlag,
  platformOfConfig,
  type Reference,
  samePlatform,
  type Transport,
  withDigest,
} from "../../src/mod.ts";
import type { add } from "./specs.ts";

type Flags = InputOf<typeof add>["flags"];

/**
 * Entries for an index, by the flags: images of other places are copied into its repository first.
 *
 * @throws {FerryError} PLATFORM_UNKNOWN where an index of --ref has none of the platforms, and what a copy fails with
 */
export async function entriesOf(
  context: Context,
  transport: Transport,
  index: Reference,
  flags: Flags,
): Promise<Descriptor[]> {
  const { signal } = context;
  const annotations = annotationsOf(flags["desc-annotation"]);
  const platform = platformFlag(flags["desc-platform"]);
  const digests = [...flags.digest];
  const run = new CopyRun();
  for (const source of flags.ref) {
    const sourceTransport = await context.transport(source);
    const manifest = await sourceTransport.getManifest(source, { signal });
    for (const { digest } of chosenOf(manifest, flags.platform)) {
      await copyImage({
        source: withDigest(source, digest),
        target: withDigest(index, digest),
        sourceTransport,
        targetTransport: transport,
        digestTags: flags["digest-tags"] === true,
        referrers: flags.referrers === true,
        onEvent: context.onCopyEvent,
        signal,
        run,
      });
      digests.push(digest);
    }
  }
  const found = await Promise.all(digests.map(async (digest) => {
    const manifest = await transport.getManifest(withDigest(index, digest), { signal });
    const { mediaType, size } = manifest.descriptor;
    const own = platform ?? await ownPlatform(transport, index, manifest, signal);
    return {
      mediaType,
      digest,
      size,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ...(own === undefined ? {} : { platform: inOrder(own) }),
    };
  }));
  return withoutDoubles(found);
}

/** The same list without entries that stand in it twice, field for field. */
export function withoutDoubles(entries: readonly Descriptor[]): Descriptor[] {
  return [...new Map(entries.map((entry) => [sortedText(entry), entry])).values()];
}

/**
 * The index that a reference names.
 *
 * @throws {FerryError} UNSUPPORTED where it is none
 */
export async function indexOf(transport: Transport, reference: Reference, signal: AbortSignal): Promise<Manifest> {
  const manifest = await transport.getManifest(reference, { signal });
  if (manifest.kind === "index") return manifest;
  throw new FerryError(
    "UNSUPPORTED",
    `"${manifest.descriptor.digest}" is no index but "${manifest.descriptor.mediaType}"`,
    {
      hint: "index create makes an index of images",
    },
  );
}

function chosenOf(manifest: Manifest, platforms: readonly string[]): readonly Descriptor[] {
  if (manifest.kind !== "index" || platforms.length === 0) return [manifest.descriptor];
  const wanted = platforms.map((text) => parsePlatform(text, localPlatform()));
  const chosen = manifest.manifests.filter(({ platform }) =>
    platform !== undefined && wanted.some((one) => samePlatform(platform, one))
  );
  if (chosen.length > 0) return chosen;
  throw new FerryError(
    "PLATFORM_UNKNOWN",
    `Index "${manifest.descriptor.digest}" has no image of ${platforms.join(", ")}`,
  );
}

/** The platform that an image's config names; artifacts have none. */
async function ownPlatform(
  transport: Transport,
  index: Reference,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Platform | undefined> {
  const { config } = manifest;
  if (config?.mediaType !== MEDIA_TYPE.ociConfig && config?.mediaType !== MEDIA_TYPE.dockerConfig) return undefined;
  const platform = platformOfConfig(parseImageConfig(await getSmallBlob(transport, index, config, { signal })));
  return platform.os === "" ? undefined : platform;
}

/** The fields in the order of the specification's table (image-spec, image-index.md). */
function inOrder({ architecture, os, "os.version": version, "os.features": features, variant }: Platform): Platform {
  return {
    architecture,
    os,
    ...(version === undefined ? {} : { "os.version": version }),
    ...(features === undefined ? {} : { "os.features": features }),
    ...(variant === undefined ? {} : { variant }),
  };
}

function sortedText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, part) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
}
