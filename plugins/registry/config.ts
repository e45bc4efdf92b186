import { type CommandResult, configFileData, type Context, hostData, type InputOf } from "../../src/mod.ts";
import type { config } from "./mod.ts";

/** Handler of `registry config`. */
export default async function show(context: Context, { args }: InputOf<typeof config>): Promise<CommandResult> {
  const { registry } = args;
  const configuration = await context.config();
  const file = configuration.redacted();
  if (registry === undefined) {
    const shown = { hosts: file.hosts ?? {} };
    return {
      text: () => `${JSON.stringify(shown, null, 2)}\n`,
      data: () => configFileData(configuration.filename, shown),
    };
  }
  const host = file.hosts?.[registry];
  if (host === undefined) {
    context.log.warn("No configuration found for registry", { registry });
    return {};
  }
  return { text: () => `${JSON.stringify(host, null, 2)}\n`, data: () => hostData(registry, host) };
}
