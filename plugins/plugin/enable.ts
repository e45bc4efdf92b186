import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { enable } from "./mod.ts";

/** Handler of `plugin enable`. */
export default async function run(context: Context, { args }: InputOf<typeof enable>): Promise<CommandResult> {
  const { enabled, name } = await (await context.plugins.store()).enable(args.name, true);
  return { data: () => ({ name, enabled }), text: () => `Enabled ${name}\n` };
}
