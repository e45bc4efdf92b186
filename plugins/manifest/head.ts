import { type CommandResult, type Context, type InputOf, showDigest } from "../../src/mod.ts";
import type { head } from "./mod.ts";

/** Handler of `manifest head`. */
export default function show(context: Context, { args, flags }: InputOf<typeof head>): Promise<CommandResult> {
  return showDigest(context, args.image, {
    platform: flags.platform,
    requireDigest: flags["require-digest"],
    requireList: flags["require-list"],
  });
}
