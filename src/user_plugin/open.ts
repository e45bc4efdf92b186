/**
 * What is done with the plugins of a run once something is asked of them.
 *
 * @module
 */
import type { FerryError } from "../errors.ts";
import type { GoFunction } from "../output/template/value.ts";
import type { Plugin, PluginEntry } from "../plugin.ts";
import type { LuaGlobal, PluginTransport } from "../plugin_parts.ts";
import { type Available, configuredPaths, installed, loadPath, pluginFailure } from "./available.ts";
import { checkClashes } from "./clash.ts";
import { createWriteGuard, type NamedHooks, withGuard } from "./write_guard.ts";
import { findProgram } from "./path_program.ts";
import type { PluginAdds, PluginIndex } from "./record.ts";
import type { UserPlugins } from "./types.ts";
import { once, type Places, type UserPluginsOptions } from "./user_plugins.ts";

/** Where plugins are looked for. */
export interface PluginSources {
  /** Folder of those that were added. */
  readonly folder: string;
  /** Their index. */
  readonly index: () => Promise<PluginIndex | undefined>;
  /** Those that the configuration names. */
  readonly configured: () => Promise<Places["configured"]>;
}

/** Title that help lists nouns of plugins under. */
const GROUP = "Plugins";

/** The plugins of a run. */
export function openPlugins(options: UserPluginsOptions, sources: PluginSources): UserPlugins {
  const { env, builtIn, warn } = options;
  const undo: (() => Promise<void>)[] = [];
  const cleanup = (one: () => Promise<void>) => void undo.push(one);
  const leaveOut = (error: unknown, from: string): undefined => {
    warn(`${pluginFailure(error, from).message}; it is left out`);
  };

  /** Those that were added and those of `--plugin`, which fail the command where they cannot be used: they were asked for by name. */
  const asked = once(async () => {
    let known = [...installed(sources.folder, await sources.index(), cleanup)];
    for (const path of options.given) {
      const one = await loadPath(path, cleanup);
      // Who tries out a new version of a plugin has the old one installed.
      known = known.filter(({ name }) => name !== one.name);
      await checkClashes(one, known, builtIn);
      known.push(one);
    }
    return known;
  });
  /** All, and whether all that the configuration names could be loaded. One that could not is named and left out. */
  const everything = once(async () => {
    const known = [...await asked()];
    const { file, paths } = await sources.configured();
    let failed: FerryError | undefined;
    for (const path of configuredPaths(file, paths, env)) {
      try {
        const one = await loadPath(path, cleanup);
        await checkClashes(one, known, builtIn);
        known.push(one);
      } catch (error) {
        failed = pluginFailure(error, path);
        leaveOut(failed, path);
      }
    }
    return { known, failed };
  });
  /** Loads those that `wanted` tells of; one that cannot be loaded is named and left out. */
  const loaded = async (wanted: (one: Available) => boolean): Promise<readonly Plugin[]> => {
    const found: Plugin[] = [];
    for (const one of (await everything()).known.filter(wanted)) {
      const plugin = await one.load().catch((error) => leaveOut(error, one.from));
      if (plugin !== undefined) found.push(plugin);
    }
    return found;
  };
  const hooksOf = (wanted: (adds: PluginAdds) => boolean) =>
    once(async (): Promise<readonly NamedHooks[]> => {
      const { failed, known } = await everything();
      // Nobody knows what it would have refused: without it nothing is changed.
      if (failed !== undefined) throw failed;
      const found: NamedHooks[] = [];
      for (const one of known.filter(({ adds }) => wanted(adds))) {
        const { copyHook, name, writeHook } = await one.load();
        found.push({ name, copyHook, writeHook });
      }
      return found;
    });
  const hooks = { ofCopies: hooksOf(isHooked), ofWrites: hooksOf(({ writeHook }) => writeHook) };
  const transports = new Map<string, Promise<PluginTransport | undefined>>();

  const plugins: UserPlugins = {
    nouns: async () => (await everything()).known.filter(({ adds }) => adds.noun !== undefined).map(entryOf),
    async verbs(noun, unknown) {
      const known = unknown ? (await everything()).known : await asked();
      return known.flatMap((one) =>
        one.adds.verbs.filter((added) => added.noun === noun).map((added) => ({
          ...added,
          load: async (wanted) => {
            try {
              return (await one.load()).verbs?.[noun]?.[added.verb];
            } catch (error) {
              if (wanted) throw error;
              return leaveOut(error, one.from);
            }
          },
        }))
      );
    },
    schemes: async () => new Set((await everything()).known.flatMap(({ adds }) => adds.schemes)),
    transport(scheme, context) {
      const known = transports.get(scheme);
      if (known !== undefined) return known;
      const made = everything().then(async ({ known }) => {
        const one = known.find(({ adds }) => adds.schemes.includes(scheme));
        const transport = await (await one?.load())?.transports?.[scheme]?.(context);
        return transport;
      });
      transports.set(scheme, made);
      return made;
    },
    async watched(transport, context) {
      const isWatched = await everything().then(
        ({ failed, known }) => failed !== undefined || known.some(({ adds }) => isHooked(adds)),
        () => true,
      );
      // The hooks are loaded when something is to be changed: what reads goes on where one of them cannot be loaded.
      return isWatched ? withGuard(transport, createWriteGuard(hooks, context)) : transport;
    },
    async templateFunctions(template) {
      const found: Record<string, GoFunction> = {};
      const used = new Set(template.match(/[a-zA-Z_]\w*/g));
      for (const plugin of await loaded(({ adds }) => adds.templateFunctions.some((name) => used.has(name)))) {
        Object.assign(found, plugin.templateFunctions);
      }
      return found;
    },
    async luaGlobals() {
      const found: Record<string, LuaGlobal> = {};
      for (const plugin of await loaded(({ adds }) => adds.luaGlobals.length > 0)) {
        Object.assign(found, plugin.luaGlobals);
      }
      return found;
    },
    program: async (noun) => await findProgram(noun, env),
    store: async () => {
      const { FolderStore } = await import("./store.ts");
      return new FolderStore({ ...options, ...sources, cleanup });
    },
    close: async () => {
      for (const made of transports.values()) await (await made.catch(() => undefined))?.[Symbol.asyncDispose]?.();
      transports.clear();
      await Promise.all(undo.splice(0).map((one) => one()));
    },
  };
  return plugins;
}

function isHooked({ copyHook, writeHook }: PluginAdds): boolean {
  return copyHook || writeHook;
}

function entryOf(one: Available): PluginEntry {
  const { adds, name, summary } = one;
  return {
    name,
    summary,
    group: GROUP,
    aliases: adds.noun?.aliases ?? [],
    load: async () => ({ default: await one.load() }),
  };
}
