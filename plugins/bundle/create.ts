import { resolve } from "node:path";
import {
  type BundleSource,
  type CommandResult,
  type Context,
  type CreatedBundle,
  FerryError,
  type InputOf,
  loadArchive,
  loadBundle,
  localPlatform,
  parsePlatform,
  type Platform,
  VERSION,
} from "../../src/mod.ts";
import { readImageList } from "./list_read.ts";
import { bundleName } from "./names.ts";
import { volumeSize } from "./size.ts";
import type { create } from "./specs.ts";
import { imagesOf } from "./tags.ts";

type Input = InputOf<typeof create>;

/** Handler of `bundle create`. */
export default async function make(context: Context, { args, flags }: Input): Promise<CommandResult> {
  const { log, signal } = context;
  const { createBundle, gather, readBundleIndex, writeVolumes } = await loadBundle();
  const { output } = flags;
  if (output === undefined) {
    throw new FerryError("ARGUMENT_MISSING", 'Flag "--output" is missing', {
      hint: "name the file to write with -o FILE, or - for standard output",
    });
  }
  const { compress, parseCompression } = await loadArchive();
  const choice = parseCompression(flags.compress ?? compressionOf(output), "compress");
  const split = flags.split === undefined ? undefined : volumeSize(flags.split);
  if (split !== undefined && output === "-") {
    throw new FerryError("FLAG_INVALID", 'Flag "--split" cannot be used with standard output');
  }
  const base = flags.since === undefined ? undefined : await readBundleIndex(flags.since);
  if (flags.since !== undefined) await refuseSame(flags.since, output);
  const gathered = await gather(await sourcesOf(context, { args, flags }), { signal });
  for (const digest of new Set(gathered.external.map((layer) => layer.digest))) {
    log.warn("left out a layer that lies elsewhere", { digest });
  }
  const created = createdTime(context);
  const bundle = await createBundle(gathered, {
    createdBy: `ferry/${VERSION.version}`,
    onEvent: context.onCopyEvent,
    target: output,
    ...(created === undefined ? {} : { created }),
    ...(base === undefined ? {} : { base }),
  });
  const bytes = compress(bundle.bytes(), choice.compression, choice);
  if (output === "-") return { body: ReadableStream.from(bytes as AsyncIterable<Uint8Array<ArrayBuffer>>) };
  const volumes = await writeVolumes(output, bytes, { signal, split });
  return { data: () => dataOf(bundle, volumes), text: () => `${bundle.id}\n` };
}

function dataOf({ id, index }: CreatedBundle, volumes: readonly { readonly size: number }[]): Record<string, unknown> {
  const { base, content, images, needs = [] } = index;
  const sum = (list: readonly { readonly size: number }[]) => list.reduce((total, { size }) => total + size, 0);
  const manifests = content.filter(({ kind }) => kind === "manifest").length;
  return {
    id,
    ...(base === undefined ? {} : { base: base.id }),
    images: images.length,
    manifests,
    blobs: content.length - manifests,
    contentSize: sum(content),
    leftOut: needs.length,
    leftOutSize: sum(needs),
    size: sum(volumes),
    volumes,
  };
}

/** A bundle must not take the place of the one that it builds on. */
async function refuseSame(since: string, output: string): Promise<void> {
  const { findVolumes } = await loadBundle();
  const nameOf = async (path: string) => await Deno.realPath(path).catch(() => resolve(path));
  if (await nameOf((await findVolumes(since)).path) !== await nameOf(output)) return;
  throw new FerryError("FLAG_INVALID", `Bundle "${output}" would take the place of its own base`, {
    hint: "write it to another file",
  });
}

/** The images of the command line, then those of the lists. */
async function sourcesOf(context: Context, { args, flags }: Input): Promise<readonly BundleSource[]> {
  const along = { referrers: flags.referrers, digestTags: flags["digest-tags"] };
  const platforms = readPlatforms(flags.platform);
  const sources: BundleSource[] = [];
  for (const reference of args.image) {
    const transport = await context.transport(reference);
    sources.push({ name: bundleName(reference), reference, transport, platforms, ...along });
  }
  for (const path of flags.file) {
    const { registries, wanted } = await readImageList(context, path);
    const own = registries === undefined ? context : context.withRegistries(registries);
    for (const one of wanted) {
      for (const reference of await imagesOf(own, one)) {
        sources.push({
          name: one.as ?? bundleName(reference),
          reference,
          transport: await own.transport(reference),
          platforms: one.platforms === undefined ? platforms : readPlatforms(one.platforms),
          referrers: one.referrers ?? along.referrers,
          digestTags: one.digestTags ?? along.digestTags,
        });
      }
    }
  }
  if (sources.length > 0) return sources;
  throw new FerryError("ARGUMENT_MISSING", "No image is named", {
    hint: "name images, or a list of them with -f FILE",
  });
}

function readPlatforms(texts: readonly string[]): Platform[] {
  const local = texts.length === 0 ? undefined : localPlatform();
  return texts.flatMap((text) => text.split(/,(?![a-z]+=)/)).map((text) => parsePlatform(text, local!));
}

function compressionOf(output: string): string {
  return /\.(gz|tgz)$/.test(output) ? "gzip" : /\.(zst|tzst|zstd)$/.test(output) ? "zstd" : "none";
}

/** No time is noted unless the environment gives one: the same images give the same bytes. */
function createdTime(context: Context): string | undefined {
  const epoch = context.env("SOURCE_DATE_EPOCH") ?? "";
  if (!/^\d{1,11}$/.test(epoch)) return undefined;
  return new Date(Number(epoch) * 1000).toISOString().replace(".000Z", "Z");
}
