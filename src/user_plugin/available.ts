/**
 * Plugins that can be loaded, wherever they are from.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { type Env, homeFolder } from "../config/paths.ts";
import { FerryError, isFerryError } from "../errors.ts";
import type { Plugin } from "../plugin.ts";
import { addsOf } from "./adds.ts";
import { collect } from "./collect.ts";
import { importPlugin } from "./import_plugin.ts";
import type { ConfinedFiles } from "./confine/start.ts";
import type { Grants, PluginAdds, PluginIndex, PluginRecord } from "./record.ts";
import { prepare, writeAll } from "./stage.ts";
import { checkFiles } from "./check_files.ts";

/** A plugin that can be loaded. */
export interface Available {
  /** Its name. */
  readonly name: string;
  /** What it is for. */
  readonly summary: string;
  /** Where it is from, for messages. */
  readonly from: string;
  /** What it adds. */
  readonly adds: PluginAdds;
  /** Loads it, once. */
  load(): Promise<Plugin>;
}

/** What was started or written for a run, and is to be undone at its end. */
export type Cleanup = (undo: () => Promise<void>) => void;

/** The plugins that were added and are not disabled; each is checked against its digests when it is loaded. */
export function installed(folder: string, index: PluginIndex | undefined, cleanup: Cleanup): readonly Available[] {
  return (index?.plugins ?? []).filter(({ enabled }) => enabled).map((record) => {
    let loaded: Promise<Plugin> | undefined;
    const { adds, name, summary } = record;
    return { name, summary, from: name, adds, load: () => loaded ??= loadInstalled(folder, record, cleanup) };
  });
}

/**
 * Loads a plugin that was added.
 *
 * @throws {FerryError} PLUGIN_CHANGED, PLUGIN_INVALID
 */
export async function loadInstalled(folder: string, record: PluginRecord, cleanup: Cleanup): Promise<Plugin> {
  await checkFiles(folder, record);
  const { confine, entry, files, name } = record;
  const plugin = await start(
    { root: join(folder, record.folder), entry, names: Object.keys(files) },
    name,
    confine,
    cleanup,
  );
  if (plugin.name === name) return plugin;
  throw new FerryError("PLUGIN_INVALID", `Plugin "${name}" calls itself "${plugin.name}" now`);
}

/**
 * Loads a plugin's files, apart where it is confined. `from` is where it is from, for messages.
 *
 * @throws {FerryError} PLUGIN_INVALID
 */
export async function start(
  files: ConfinedFiles,
  from: string,
  confine: Grants | undefined,
  cleanup: Cleanup,
): Promise<Plugin> {
  if (confine === undefined) return await importPlugin(join(files.root, files.entry), from);
  const { startConfined } = await import("./confine/start.ts");
  return await startConfined(files, from, confine, cleanup);
}

/**
 * Loads a plugin as it lies there. What has types is written without them to a folder that lasts as long as the run.
 *
 * @throws {FerryError} PLUGIN_INVALID, IO
 */
export async function loadPath(path: string, cleanup: Cleanup): Promise<Available> {
  const collected = await collect(path);
  let { root } = collected;
  if ([...collected.files.keys()].some((name) => /\.m?ts$/.test(name))) {
    const { files } = await prepare(collected);
    root = await Deno.makeTempDir({ prefix: "ferry-plugin-" });
    cleanup(() => Deno.remove(root, { recursive: true }).catch(() => {}));
    await writeAll(root, files);
  }
  const plugin = await importPlugin(join(root, collected.entry), path);
  const { name, summary } = plugin;
  return { name, summary, from: path, adds: addsOf(plugin), load: () => Promise.resolve(plugin) };
}

/** Paths as a configuration file names them: from its own folder, or from the home folder behind `~/`. */
export function configuredPaths(file: string, paths: readonly string[], env: Env): string[] {
  return paths.map((path) => {
    return resolve(dirname(file), path.startsWith("~/") ? join(homeFolder(env), path.slice(2)) : path);
  });
}

/** A failure of a plugin as one of the program. */
export function pluginFailure(error: unknown, from: string): FerryError {
  if (isFerryError(error)) return error;
  return new FerryError("PLUGIN_INVALID", `Plugin "${from}" cannot be used: ${String(error)}`, { cause: error });
}
