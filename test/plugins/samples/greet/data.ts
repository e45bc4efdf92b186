import type { CommandResult } from "ferry/plugin";

/** Handler of `greet data`: reads a file beside the module. */
export default async function run(): Promise<CommandResult> {
  const text = await Deno.readTextFile(new URL("./words.json", import.meta.url));
  return { text: () => text };
}
