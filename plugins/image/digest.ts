import { type CommandResult, type Context, type InputOf, showDigest } from "../../src/mod.ts";
import type { digest } from "./specs.ts";

/** Handler of `image digest`. */
export default function show(context: Context, { args, flags }: InputOf<typeof digest>): Promise<CommandResult> {
  return showDigest(context, args.image, {
    platform: flags.platform,
    requireDigest: flags["require-digest"],
    requireList: flags["require-list"],
  });
}
