import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { remove } from "./mod.ts";

/** Handler of `plugin remove`. */
export default async function run(context: Context, { args }: InputOf<typeof remove>): Promise<CommandResult> {
  const { name, version } = await (await context.plugins.store()).remove(args.name);
  return { data: () => ({ name, version }), text: () => `Removed ${name}\n` };
}
