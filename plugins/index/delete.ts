import {
  type CommandResult,
  type Context,
  type InputOf,
  localPlatform,
  parsePlatform,
  samePlatform,
} from "../../src/mod.ts";
import { indexOf } from "./entries.ts";
import type { deleteEntry } from "./specs.ts";
import { storeChanged } from "./store.ts";

/** Handler of `index delete`. */
export default async function shrink(
  context: Context,
  { args, flags }: InputOf<typeof deleteEntry>,
): Promise<CommandResult> {
  const { signal } = context;
  const platforms = flags.platform.map((text) => parsePlatform(text, localPlatform()));
  const transport = await context.transport(args.index);
  try {
    const index = await indexOf(transport, args.index, signal);
    const kept = index.manifests.filter(({ digest, platform }) =>
      !flags.digest.includes(digest) &&
      !(platform !== undefined && platforms.some((wanted) => samePlatform(platform, wanted)))
    );
    if (kept.length === index.manifests.length) {
      context.log.warn("no entry of the index matches", { index: index.descriptor.digest });
    }
    return await storeChanged(transport, args.index, index, kept, signal);
  } finally {
    await transport.close(args.index);
  }
}
