import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import { DEFAULT_REGISTRY } from "./check.ts";
import type { logout } from "./mod.ts";

/** Handler of `registry logout`. */
export default async function forget(context: Context, { args }: InputOf<typeof logout>): Promise<CommandResult> {
  const registry = args.registry ?? DEFAULT_REGISTRY;
  const config = await context.config();
  if (!await config.logout(registry)) {
    context.log.warn("No login was stored for the registry", { registry });
    return {};
  }
  const left = await config.whoami(registry);
  if (left !== undefined) {
    context.log.warn("The registry is still asked with a login of docker or podman", { registry, user: left });
  }
  return {};
}
