import { type CommandResult, type Context, FerryError } from "ferry/plugin";
import { createHash } from "node:crypto";
import type { Input } from "../mod.ts";
import { shout } from "./shout.ts";
import words from "./words.json" with { type: "json" };

export default function run(_context: Context, { flags }: Input): Promise<CommandResult> {
  if (flags.loud === false) throw new FerryError("POLICY", "It has to be loud", { hint: "add --loud" });
  const text = `${words.hello} ${createHash("sha256").update(words.hello).digest("hex").slice(0, 8)}`;
  const said = flags.loud === true ? shout(text) : text;
  return Promise.resolve({ text: () => `${said}\n`, data: () => ({ said }) });
}
