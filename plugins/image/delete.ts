import { type CommandResult, type Context, deleteManifest, type InputOf } from "../../src/mod.ts";
import type { deleteImage } from "./specs.ts";

/** Handler of `image delete`. */
export default async function remove(
  context: Context,
  { args, flags }: InputOf<typeof deleteImage>,
): Promise<CommandResult> {
  await deleteManifest(await context.transport(args.image), args.image, {
    signal: context.signal,
    forceTagDereference: flags["force-tag-dereference"] === true,
    ignoreMissing: flags["ignore-missing"] === true,
    referrers: flags.referrers === true,
  });
  return {};
}
