import { type CommandResult, type Context, type InputOf } from "../../src/mod.ts";
import { syncSchema } from "./file/mod.ts";
import type { schema } from "./mod.ts";

/** Handler of `sync schema`. */
export default async function show(_context: Context, _input: InputOf<typeof schema>): Promise<CommandResult> {
  const value = await syncSchema();
  return { text: () => `${JSON.stringify(value, null, 2)}\n`, data: () => value };
}
