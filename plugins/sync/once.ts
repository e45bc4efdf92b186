import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import type { once } from "./mod.ts";
import { durationOf } from "./open.ts";
import { runOnce } from "./run_once.ts";

/** Handler of `sync once`. */
export default async function run(context: Context, { flags }: InputOf<typeof once>): Promise<CommandResult> {
  const plan = flags.plan === true;
  return await runOnce(context, flags, {
    mode: plan ? "check" : flags.missing === true ? "missing" : "copy",
    tellsDifference: false,
    state: flags.state,
    trust: durationOf("state-trust", flags["state-trust"]),
    explains: plan,
  });
}
