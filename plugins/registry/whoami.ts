import { type CommandResult, type Context, FerryError, type InputOf } from "../../src/mod.ts";
import { DEFAULT_REGISTRY } from "./check.ts";
import type { whoami } from "./mod.ts";

/** Handler of `registry whoami`. */
export default async function show(context: Context, { args }: InputOf<typeof whoami>): Promise<CommandResult> {
  const registry = args.registry ?? DEFAULT_REGISTRY;
  const user = await (await context.config()).whoami(registry);
  if (user === undefined) {
    throw new FerryError("CREDENTIAL_UNKNOWN", `No login is known for "${registry}"`, {
      hint: `log in with: ferry registry login ${registry}`,
    });
  }
  return { text: () => `${user}\n`, data: () => ({ user }) };
}
