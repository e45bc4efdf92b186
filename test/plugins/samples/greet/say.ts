import { type CommandResult, type Context, formatReference, type InputOf } from "ferry/plugin";
import type { say } from "./mod.ts";
import words from "./words.json" with { type: "json" };

enum Mark {
  glad = "!",
  sad = "...",
}

/** Handler of `greet say`. */
export default function run(_context: Context, { args, flags }: InputOf<typeof say>): Promise<CommandResult> {
  const text = `${words.hello} ${formatReference(args.image)}${Mark[flags.mood]}`;
  return Promise.resolve({ data: () => ({ text }), text: () => `${text}\n` });
}
