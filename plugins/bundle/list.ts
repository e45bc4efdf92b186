import {
  alignTabs,
  type BundleImage,
  type CommandResult,
  type Context,
  humanSize,
  type IdentifiedIndex,
  type InputOf,
  loadBundle,
} from "../../src/mod.ts";
import type { list } from "./specs.ts";

type Input = InputOf<typeof list>;

/** Rows of `bundle list`: the images. */
export async function* rows(context: Context, { args }: Input): AsyncGenerator<readonly BundleImage[]> {
  yield (await read(context, args.file)).index.images;
}

/** Handler of `bundle list`. */
export default async function show(context: Context, { args }: Input): Promise<CommandResult> {
  const { id, index, raw } = await read(context, args.file);
  return { data: () => ({ id, ...index }), text: () => table(index.images), rawBody: raw };
}

async function read(context: Context, file: string): Promise<IdentifiedIndex> {
  const { indexIn, readBundleIndex } = await loadBundle();
  return file === "-" ? await indexIn(context.stdin, "standard input") : await readBundleIndex(file);
}

function table(images: readonly BundleImage[]): string {
  if (images.length === 0) return "";
  const lines = images.map(({ digest, digestTags = [], name, platforms = [], referrers = [], size }) => {
    const along = new Set([...referrers, ...digestTags].map((one) => one.digest)).size;
    return [name, digest, humanSize(size), String(along), platforms.join(",") || "-"].join("\t");
  });
  return `${alignTabs(["Name\tDigest\tSize\tReferrers\tPlatforms", ...lines].join("\n"), { padding: 2 })}\n`;
}
