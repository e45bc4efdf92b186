import {
  alignTabs,
  type CommandResult,
  type Context,
  type Descriptor,
  formatPlatform,
  formatReference,
  getSmallBlob,
  humanSize,
  type InputOf,
  type Manifest,
  parseImageConfig,
  platformFlag,
  platformOfConfig,
  type Reference,
  resolveManifest,
  type Transport,
  withDigest,
} from "../../src/mod.ts";
import type { size } from "./look_specs.ts";

/** One image of an index, or the only one. */
interface ImageSize {
  readonly platform: string;
  readonly digest: string;
  readonly size: number;
  readonly own: number;
  readonly config: number;
  readonly layers: readonly { readonly digest: string; readonly size: number; readonly images: number }[];
}

/** Handler of `image size`. */
export default async function show(context: Context, { args, flags }: InputOf<typeof size>): Promise<CommandResult> {
  const call = { signal: context.signal };
  const transport = await context.transport(args.image);
  const platform = platformFlag(flags.platform);
  const { manifest, reference } = await resolveManifest(transport, args.image, platform, call);
  const named = manifest.kind === "index"
    ? await Promise.all(manifest.manifests.map(async (child) => {
      const found = await transport.getManifest(withDigest(reference, child.digest), call);
      return { name: nameOf(child), manifest: found };
    }))
    : [{ name: await platformName(transport, reference, manifest, call.signal), manifest }];
  const users = new Map<string, number>();
  const sizes = new Map<string, number>();
  for (const { manifest } of named) {
    for (const blob of unique(blobsOf(manifest))) {
      users.set(blob.digest, (users.get(blob.digest) ?? 0) + 1);
      sizes.set(blob.digest, Math.max(blob.size, 0));
    }
  }
  const images = named.map(({ name, manifest }) => sizeOf(name, manifest, users));
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    data: () => ({ image: formatReference(args.image), total, images }),
    text: () => table(images, total, flags.layers === true),
  };
}

function sizeOf(platform: string, manifest: Manifest, users: ReadonlyMap<string, number>): ImageSize {
  const blobs = unique(blobsOf(manifest));
  const sum = (list: readonly Descriptor[]) => list.reduce((bytes, blob) => bytes + Math.max(blob.size, 0), 0);
  return {
    platform,
    digest: manifest.descriptor.digest,
    size: sum(blobs),
    own: sum(blobs.filter((blob) => users.get(blob.digest) === 1)),
    config: Math.max(manifest.config?.size ?? 0, 0),
    layers: manifest.layers.map(({ digest, size }) => ({ digest, size, images: users.get(digest) ?? 1 })),
  };
}

function blobsOf(manifest: Manifest): Descriptor[] {
  return [...(manifest.config === undefined ? [] : [manifest.config]), ...manifest.layers];
}

function unique(blobs: readonly Descriptor[]): Descriptor[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

function nameOf({ platform, annotations, artifactType }: Descriptor): string {
  if (annotations?.["vnd.docker.reference.type"] !== undefined) return "attestation";
  if (platform === undefined || platform.os === "unknown") return artifactType ?? "unknown";
  return formatPlatform(platform);
}

async function platformName(
  transport: Transport,
  reference: Reference,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<string> {
  if (manifest.artifactType !== undefined || manifest.config === undefined) return manifest.artifactType ?? "unknown";
  const platform = platformOfConfig(
    parseImageConfig(await getSmallBlob(transport, reference, manifest.config, { signal })),
  );
  return formatPlatform(platform);
}

function table(images: readonly ImageSize[], total: number, withLayers: boolean): string {
  const rows = ["Platform\tLayers\tSize\tOwn\tDigest"];
  for (const image of images) {
    rows.push(
      `${image.platform}\t${image.layers.length}\t${humanSize(image.size)}\t${humanSize(image.own)}\t${image.digest}`,
    );
    if (!withLayers) continue;
    for (const layer of image.layers) {
      const own = layer.images > 1 ? `in ${layer.images}` : humanSize(layer.size);
      rows.push(`  layer\t\t${humanSize(layer.size)}\t${own}\t${layer.digest}`);
    }
  }
  return `${alignTabs(rows.join("\n"), { padding: 2 })}\nTotal  ${humanSize(total)}\n`;
}
