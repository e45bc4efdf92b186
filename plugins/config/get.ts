import { type CommandResult, configFileData, type Context } from "../../src/mod.ts";

/** Handler of `config get`. */
export default async function show(context: Context): Promise<CommandResult> {
  const config = await context.config();
  const file = config.redacted();
  return { text: () => `${JSON.stringify(file, null, 2)}\n`, data: () => configFileData(config.filename, file) };
}
