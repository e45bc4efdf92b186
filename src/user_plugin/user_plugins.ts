/**
 * The plugins of a run that do not come with the program: those that were added, those that the configuration names, and those
 * that `--plugin` names. Nothing of them is read before it is asked for, and no plugin's code before what it adds is.
 *
 * @module
 */
import { isAbsolute } from "node:path";
import { readConfig } from "../config/load.ts";
import { isFerryError } from "../errors.ts";
import { configPlaces, type Env, homeFolder } from "../config/paths.ts";
import type { PluginEntry, Program } from "../plugin.ts";
import { pluginFolder, type PluginIndex, readIndex } from "./record.ts";
import type { UserPlugins } from "./types.ts";

/** What the plugins of a run are found with. */
export interface UserPluginsOptions {
  /** Environment variables. */
  readonly env: Env;
  /** The name that the program was called by. */
  readonly program: Program;
  /** Values of `--plugin`. */
  readonly given: readonly string[];
  /** Plugins that come with the program. */
  readonly builtIn: readonly PluginEntry[];
  /** Takes warnings. */
  readonly warn: (message: string) => void;
}

/** What was found without reading any plugin. */
export interface Places {
  /** Index of those that were added. */
  readonly index: PluginIndex | undefined;
  /** Paths that the configuration names, and its file. */
  readonly configured: { readonly file: string; readonly paths: readonly string[] };
}

/** The plugins of a run. Where there are none, finding that out is all that is done. */
export function createUserPlugins(options: UserPluginsOptions): UserPlugins {
  const folder = pluginFolder(options.env);
  const index = once(() => readIndex(folder));
  const configured = once(() => readConfigured(options));
  const opened = once(async () => (await import("./open.ts")).openPlugins(options, { folder, index, configured }));
  const added = async () => options.given.length > 0 || (await index())?.plugins.some((one) => one.enabled) === true;
  const any = async () => await added() || (await configured()).paths.length > 0;
  let isOpen = false;
  const open = () => {
    isOpen = true;
    return opened();
  };
  let warned = false;
  /** Where an index or a configuration cannot be read, the program's own commands go on. */
  const are = async (some: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await some();
    } catch (error) {
      if (!isFerryError(error)) throw error;
      if (!warned) options.warn(`${error.message}; plugins are left out`);
      warned = true;
      return false;
    }
  };
  return {
    nouns: async () => await are(any) ? await (await open()).nouns() : [],
    verbs: async (noun, unknown) => await are(unknown ? any : added) ? await (await open()).verbs(noun, unknown) : [],
    schemes: async () => await are(any) ? await (await open()).schemes() : new Set<string>(),
    transport: async (scheme, context) => await are(any) ? await (await open()).transport(scheme, context) : undefined,
    // A hook that nobody can find must not let copies through.
    watched: async (transport, context) =>
      await any().catch(() => true) ? await (await open()).watched(transport, context) : transport,
    templateFunctions: async (template) => await are(any) ? await (await open()).templateFunctions(template) : {},
    luaGlobals: async () => await are(any) ? await (await open()).luaGlobals() : {},
    program: async (noun) => await (await import("./path_program.ts")).findProgram(noun, options.env),
    store: async () => (await open()).store(),
    close: async () => {
      if (isOpen) await (await opened().catch(() => undefined))?.close();
    },
  };
}

/** No plugins, for those who work without them. */
export const NO_PLUGINS: UserPlugins = {
  nouns: () => Promise.resolve([]),
  verbs: () => Promise.resolve([]),
  schemes: () => Promise.resolve(new Set<string>()),
  transport: () => Promise.resolve(undefined),
  watched: (transport) => Promise.resolve(transport),
  templateFunctions: () => Promise.resolve({}),
  luaGlobals: () => Promise.resolve({}),
  program: () => Promise.resolve(undefined),
  store: () => Promise.reject(new Error("There is no store of plugins")),
  close: () => Promise.resolve(),
};

async function readConfigured({ env, program }: UserPluginsOptions): Promise<Places["configured"]> {
  const places = configPlaces({ env, home: homeFolder(env), as: program === "regctl" ? "regctl" : "ferry" });
  // Without a home folder the usual places would be in the working folder, and whoever filled that would have his code run.
  const files = places.explicit === undefined ? places.existing.filter((file) => isAbsolute(file)) : [places.explicit];
  for (const file of files) {
    const config = await readConfig(file);
    if (config !== undefined) return { file, paths: config.plugins ?? [] };
  }
  return { file: "", paths: [] };
}

/** The same promise each time. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}
