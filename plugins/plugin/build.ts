import { type CommandResult, type Context, humanSize, type InputOf, loadUserPlugin } from "../../src/mod.ts";
import type { build } from "./mod.ts";

/** Handler of `plugin build`. */
export default async function run(context: Context, { args, flags }: InputOf<typeof build>): Promise<CommandResult> {
  const { buildPlugin } = await loadUserPlugin();
  const { file, sha256, size } = await buildPlugin(args.source ?? ".", flags.output ?? "plugin.js", context.env);
  return { data: () => ({ file, size, sha256 }), text: () => `${file}  ${humanSize(size)}  sha256 ${sha256}\n` };
}
