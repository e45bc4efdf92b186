import { type CommandResult, type Context, deleteManifest, type InputOf } from "../../src/mod.ts";
import type { deleteManifestSpec } from "./mod.ts";

/** Handler of `manifest delete`. */
export default async function remove(
  context: Context,
  { args, flags }: InputOf<typeof deleteManifestSpec>,
): Promise<CommandResult> {
  await deleteManifest(await context.transport(args.image), args.image, {
    signal: context.signal,
    forceTagDereference: flags["force-tag-dereference"] === true,
    ignoreMissing: flags["ignore-missing"] === true,
    referrers: flags.referrers === true,
  });
  return {};
}
