import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { check } from "./mod.ts";
import { runOnce } from "./run_once.ts";

/** Handler of `sync check`. */
export default async function run(context: Context, { flags }: InputOf<typeof check>): Promise<CommandResult> {
  return await runOnce(context, flags, {
    mode: "check",
    tellsDifference: true,
    trust: 0,
    explains: flags.plan === true,
  });
}
