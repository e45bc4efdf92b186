/**
 * The hooks of plugins around a copy, as the one guard that a copy asks.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Context } from "../plugin.ts";
import type { CopyHook } from "../plugin_parts.ts";
import { formatReference } from "../reference/format.ts";
import type { CopyGuard, Transport } from "../transport/transport.ts";

/** A hook and whose it is. */
export interface NamedHook {
  /** Name of the plugin. */
  readonly name: string;
  /** Its hook. */
  readonly hook: CopyHook;
}

/** Asks one hook after the other; the first that says no decides. */
export function createCopyGuard(hooks: readonly NamedHook[], context: Context): CopyGuard {
  return {
    async before(copy) {
      for (const { hook, name } of hooks) {
        const answer = await hook.before?.(copy, context);
        if (answer === undefined || answer === null) continue;
        // A policy that answers in a way that nobody understands must not let copies through.
        if (typeof answer !== "object" || typeof answer.skip !== "string") {
          throw new FerryError("PLUGIN_INVALID", `Plugin "${name}" gave an answer to a copy that is not understood`, {
            hint: "before gives nothing, or { skip: reason }, or throws",
          });
        }
        const names = { source: formatReference(copy.source), target: formatReference(copy.target) };
        context.log.warn(`Copy left out by plugin "${name}": ${answer.skip}`, names);
        return answer.skip;
      }
      return undefined;
    },
    async after(copy, result) {
      for (const { hook } of hooks) {
        await hook.after?.(copy, { descriptor: result.descriptor, changed: result.changed }, context);
      }
    },
  };
}

/** A transport whose copies are watched. */
export function withGuard<T extends Transport>(transport: T, guard: CopyGuard): T {
  return new Proxy(transport, {
    get: (target, key) => {
      if (key === "copyGuard") return guard;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
