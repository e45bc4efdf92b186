import { type CommandResult, type Context, type InputOf, showManifest } from "../../src/mod.ts";
import type { get } from "./mod.ts";

/** Handler of `manifest get`. */
export default function show(context: Context, { args, flags }: InputOf<typeof get>): Promise<CommandResult> {
  return showManifest(context, args.image, { platform: flags.platform, requireList: flags["require-list"] });
}
