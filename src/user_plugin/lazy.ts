/**
 * Plugins of users, of which nothing is loaded before something is asked: the start of a command that asks nothing does without them.
 *
 * @module
 */
import type { UserPlugins } from "./types.ts";
import type { UserPluginsOptions } from "./user_plugins.ts";

/** The plugins of a run. */
export function lazyUserPlugins(options: UserPluginsOptions): UserPlugins {
  let loading: Promise<UserPlugins> | undefined;
  const loaded = () => loading ??= import("./user_plugins.ts").then((module) => module.createUserPlugins(options));
  return {
    nouns: async () => await (await loaded()).nouns(),
    verbs: async (noun, unknown) => await (await loaded()).verbs(noun, unknown),
    schemes: async () => await (await loaded()).schemes(),
    transport: async (scheme, context) => await (await loaded()).transport(scheme, context),
    watched: async (transport, context) => await (await loaded()).watched(transport, context),
    templateFunctions: async (template) => await (await loaded()).templateFunctions(template),
    luaGlobals: async () => await (await loaded()).luaGlobals(),
    program: async (noun) => await (await loaded()).program(noun),
    store: async () => await (await loaded()).store(),
    close: async () => {
      if (loading !== undefined) await (await loading).close();
    },
  };
}
