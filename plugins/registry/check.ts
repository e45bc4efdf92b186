import { type Context, FerryError } from "../../src/mod.ts";

/** Registry that commands are about unless told. */
export const DEFAULT_REGISTRY = "docker.io";

/** Tries to reach a registry, and warns where that fails: what was stored stays. */
export async function checkReachable(context: Context, registry: string): Promise<void> {
  const reference = { scheme: "reg", registry, repository: "", tag: "", digest: "", path: "" } as const;
  try {
    await (await context.registry()).ping(reference, { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof FerryError)) throw error;
    const { hint, message } = error;
    context.log.warn("Registry was not reached, the settings are kept", { registry, error: message, hint });
  }
}
