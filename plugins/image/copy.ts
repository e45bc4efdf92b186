import {
  type CommandResult,
  type Context,
  copyImage,
  formatReference,
  type InputOf,
  localPlatform,
  parsePlatform,
  type Platform,
  referenceData,
} from "../../src/mod.ts";
import type { copy } from "./copy_spec.ts";

/** Handler of `image copy`. */
export default async function run(context: Context, { args, flags }: InputOf<typeof copy>): Promise<CommandResult> {
  const { source, target } = args;
  const texts = flags.platforms.length > 0 ? flags.platforms : flags.platform;
  const platforms = readPlatforms(texts);
  const [sourceTransport, targetTransport] = await Promise.all([context.transport(source), context.transport(target)]);
  const { "referrers-src": referrersSource, "referrers-tgt": referrersTarget } = flags;
  await copyImage({
    source,
    target,
    sourceTransport,
    targetTransport,
    platforms,
    sparse: flags.sparse === true || flags.platforms.length > 0,
    referrers: flags.referrers === true,
    ...(referrersSource === undefined ? {} : { referrersSource }),
    ...(referrersTarget === undefined ? {} : { referrersTarget }),
    digestTags: flags["digest-tags"] === true,
    includeExternal: flags["include-external"] === true,
    fast: flags.fast === true,
    forceRecursive: flags["force-recursive"] === true,
    onEvent: context.onCopyEvent,
    signal: context.signal,
  });
  const name = formatReference(target);
  return { text: () => `${name}\n`, data: () => referenceData(target, name) };
}

/**
 * Platforms as typed: each flag may hold several with commas between them, and `,osver=` belongs to the one before it.
 *
 * @throws {FerryError} PLATFORM_INVALID
 */
export function readPlatforms(texts: readonly string[]): Platform[] {
  const local = texts.length === 0 ? undefined : localPlatform();
  return texts.flatMap((text) => text.split(/,(?![a-z]+=)/)).map((text) => parsePlatform(text, local!));
}
