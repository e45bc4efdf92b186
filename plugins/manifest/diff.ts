import { type CommandResult, type Context, indentJson, type InputOf, type Reference, showDiff } from "../../src/mod.ts";
import type { diff } from "./diff_spec.ts";

/** Handler of `manifest diff`. */
export default async function show(context: Context, { args, flags }: InputOf<typeof diff>): Promise<CommandResult> {
  const lines = async (reference: Reference) => {
    const transport = await context.transport(reference);
    const manifest = await transport.getManifest(reference, { signal: context.signal });
    return indentJson(manifest.raw).split("\n");
  };
  const [old, young] = await Promise.all([lines(args.old), lines(args.new)]);
  return await showDiff(old, young, flags);
}
