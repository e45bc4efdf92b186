import { type CommandResult, type Context, type InputOf, showManifest } from "../../src/mod.ts";
import type { manifest } from "./specs.ts";

/** Handler of `image manifest`. */
export default function show(context: Context, { args, flags }: InputOf<typeof manifest>): Promise<CommandResult> {
  return showManifest(context, args.image, { platform: flags.platform, requireList: flags["require-list"] });
}
