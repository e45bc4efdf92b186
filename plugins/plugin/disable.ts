import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { disable } from "./mod.ts";

/** Handler of `plugin disable`. */
export default async function run(context: Context, { args }: InputOf<typeof disable>): Promise<CommandResult> {
  const { enabled, name } = await (await context.plugins.store()).enable(args.name, false);
  return { data: () => ({ name, enabled }), text: () => `Disabled ${name}\n` };
}
