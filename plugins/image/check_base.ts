import {
  type CommandResult,
  type Context,
  type Descriptor,
  FerryError,
  formatPlatform,
  formatReference,
  getSmallBlob,
  type HistoryEntry,
  type InputOf,
  type Manifest,
  parseImageConfig,
  parseReference,
  platformFlag,
  type Reference,
  resolveDescriptor,
  resolveManifest,
  type Transport,
  withDigest,
} from "../../src/mod.ts";
import type { checkBase } from "./make_specs.ts";

const BASE_NAME = "org.opencontainers.image.base.name";
const BASE_DIGEST = "org.opencontainers.image.base.digest";

/** An image, or an image's base. */
interface Side {
  readonly transport: Transport;
  readonly reference: Reference;
}

/** Handler of `image check-base`. */
export default async function check(
  context: Context,
  { args, flags }: InputOf<typeof checkBase>,
): Promise<CommandResult> {
  const { signal } = context;
  const image: Side = { transport: await context.transport(args.image), reference: args.image };
  const platform = platformFlag(flags.platform);
  const { manifest } = await resolveManifest(image.transport, args.image, platform, { signal });
  const named = baseOf(manifest, flags.base, flags.digest, formatReference(args.image));
  const reference = parseReference(named.name);
  const base: Side = { transport: await context.transport(reference), reference };
  const change = named.digest === undefined
    ? await layersChange(context, image, manifest, base, flags["no-config"] !== true)
    : await digestChange(base, named.digest, signal);
  context.log.info(change === undefined ? "base image matches" : "base image mismatch", {
    base: formatReference(reference),
    ...(change === undefined ? {} : { why: change }),
  });
  return {
    data: () => ({
      base: formatReference(reference),
      changed: change !== undefined,
      ...(change === undefined ? {} : { why: change }),
    }),
    text: () => flags.quiet === true ? "" : change === undefined ? "base image matches\n" : "base image has changed\n",
    exit: change === undefined ? 0 : 10,
  };
}

function baseOf(
  manifest: Manifest,
  name: string | undefined,
  digest: string | undefined,
  image: string,
): { readonly name: string; readonly digest: string | undefined } {
  if (name !== undefined) return { name, digest };
  const annotated = manifest.annotations[BASE_NAME];
  if (annotated === undefined) {
    throw new FerryError("NOT_FOUND", `Image "${image}" does not say what its base is`, {
      hint: `name it with --base, or set the annotation ${BASE_NAME}`,
    });
  }
  return { name: annotated, digest: digest ?? manifest.annotations[BASE_DIGEST] };
}

async function digestChange(base: Side, expected: string, signal: AbortSignal): Promise<string | undefined> {
  const { digest } = await resolveDescriptor(base.transport, base.reference, { signal, requireDigest: true });
  return digest === expected ? undefined : `digest is ${digest}, expected ${expected}`;
}

async function layersChange(
  context: Context,
  image: Side,
  manifest: Manifest,
  base: Side,
  withHistory: boolean,
): Promise<string | undefined> {
  const { signal } = context;
  if (manifest.kind === "index") {
    const images = manifest.manifests.filter(isImage);
    for (const entry of images) {
      const child = await image.transport.getManifest(withDigest(image.reference, entry.digest), { signal });
      const change = await imageChange(context, image, child, base, entry, withHistory);
      if (change !== undefined) return `${formatPlatform(entry.platform!)}: ${change}`;
    }
    if (images.length > 0) return undefined;
    throw new FerryError("UNSUPPORTED", `Index "${formatReference(image.reference)}" names no platforms to compare`);
  }
  return await imageChange(context, image, manifest, base, undefined, withHistory);
}

async function imageChange(
  { signal }: Context,
  image: Side,
  manifest: Manifest,
  base: Side,
  entry: Descriptor | undefined,
  withHistory: boolean,
): Promise<string | undefined> {
  const history = async ({ transport, reference }: Side, { config }: Manifest) => {
    if (config === undefined) throw new FerryError("UNSUPPORTED", `"${formatReference(reference)}" has no config`);
    return parseImageConfig(await getSmallBlob(transport, reference, config, { signal }));
  };
  const config = await history(image, manifest);
  const platform = entry?.platform ?? { os: config.os, architecture: config.architecture };
  const found = await resolveManifest(base.transport, base.reference, platform, { signal });
  if (found.manifest.layers.length === 0) {
    throw new FerryError("UNSUPPORTED", `Base "${formatReference(base.reference)}" has no layers to compare`);
  }
  for (const [at, { digest }] of found.manifest.layers.entries()) {
    const own = manifest.layers[at]?.digest;
    if (own === undefined) return "the image has fewer layers than its base";
    if (own !== digest) return `layer ${at} is ${own}, the base has ${digest}`;
  }
  if (!withHistory) return undefined;
  const baseConfig = await history(base, found.manifest);
  for (const [at, step] of (baseConfig.history ?? []).entries()) {
    const own = config.history?.[at];
    if (own === undefined) return "the image has a shorter history than its base";
    if (!sameStep(own, step)) return `history entry ${at} differs`;
  }
  return undefined;
}

function sameStep(a: HistoryEntry, b: HistoryEntry): boolean {
  const time = (text: string | undefined) => text === undefined ? "" : Date.parse(text);
  return (a.author ?? "") === (b.author ?? "") && (a.comment ?? "") === (b.comment ?? "") &&
    (a.created_by ?? "") === (b.created_by ?? "") && (a.empty_layer ?? false) === (b.empty_layer ?? false) &&
    time(a.created) === time(b.created);
}

/** Attestations have no base. */
function isImage({ platform }: Descriptor): boolean {
  return platform !== undefined && platform.os !== "unknown";
}
