import { type CommandResult, type Context, FerryError, type InputOf } from "../../src/mod.ts";
import { formatSyncFile } from "./file/mod.ts";
import type { config } from "./mod.ts";
import { readFile } from "./open.ts";

/** Handler of `sync config`. */
export default async function show(context: Context, { flags }: InputOf<typeof config>): Promise<CommandResult> {
  const file = await readFile(context, flags);
  const text = await formatSyncFile(file, { showSecrets: flags["show-secrets"] === true });
  return {
    text: () => text.endsWith("\n") ? text : `${text}\n`,
    data: () => {
      throw new FerryError("FLAG_INVALID", 'Flag "--format" is not for yaml', { hint: "leave it out" });
    },
  };
}
