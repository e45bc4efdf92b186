/**
 * What is noted of installed plugins: one file that is an index (what each adds, so that no plugin is read before it is needed) and
 * a lock (the digest of every file of theirs).
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { type Env, homeFolder } from "../config/paths.ts";
import { FerryError, isFerryError } from "../errors.ts";

/** What a plugin adds, by name. */
export interface PluginAdds {
  /** Its own noun, where it has commands. */
  readonly noun?: {
    /** Other names of it. */
    readonly aliases: readonly string[];
    /** Its verbs; "" is the noun itself. */
    readonly verbs: readonly string[];
  };
  /** Verbs of other nouns. */
  readonly verbs: readonly AddedVerbRecord[];
  /** Schemes that it serves. */
  readonly schemes: readonly string[];
  /** It watches over copies. */
  readonly copyHook: boolean;
  /** It watches over every change. */
  readonly writeHook: boolean;
  /** Functions for templates. */
  readonly templateFunctions: readonly string[];
  /** Globals for scripts. */
  readonly luaGlobals: readonly string[];
}

/** A verb of another noun. */
export interface AddedVerbRecord {
  /** The noun. */
  readonly noun: string;
  /** The verb. */
  readonly verb: string;
  /** Other names of the verb. */
  readonly aliases: readonly string[];
  /** It takes the place of a verb that there is. */
  readonly replaces: boolean;
}

/** What a confined plugin may do besides computing. */
export interface Grants {
  /** Files and folders that it may read. */
  readonly read: readonly string[];
  /** Hosts that it may call, `host` or `host:port`. */
  readonly net: readonly string[];
  /** Environment variables that it may read. */
  readonly env: readonly string[];
}

/** An installed plugin. */
export interface PluginRecord {
  /** Its name. */
  readonly name: string;
  /** Its version, "" where it does not say. */
  readonly version: string;
  /** What it is for. */
  readonly summary: string;
  /** Version of what it builds on. */
  readonly api: number;
  /** False where it is not to be used. */
  readonly enabled: boolean;
  /** Where it came from: an absolute path or an address. */
  readonly source: string;
  /** Folder with its files, in the folder of plugins. */
  readonly folder: string;
  /** Its main module, in that folder. */
  readonly entry: string;
  /** sha256 of each of its files, by path in that folder. */
  readonly files: Readonly<Record<string, string>>;
  /** What it adds. */
  readonly adds: PluginAdds;
  /** Its handlers run apart, with these rights alone. */
  readonly confine?: Grants;
}

/** The file. */
export interface PluginIndex {
  /** Version of its form. */
  readonly version: 1;
  /** Installed plugins in the order in which they came. */
  readonly plugins: readonly PluginRecord[];
}

/** Name of the file. */
export const INDEX_FILE = "plugins.json";

/** The folder of plugins: `ferry/plugins` in XDG_DATA_HOME (XDG base directory specification), on Windows in LOCALAPPDATA. */
export function pluginFolder(env: Env): string {
  return join(dataHome(env), "ferry", "plugins");
}

function dataHome(env: Env): string {
  const xdg = env("XDG_DATA_HOME");
  if (xdg && isAbsolute(xdg)) return xdg;
  const home = homeFolder(env);
  if (Deno.build.os === "windows") return env("LOCALAPPDATA") || join(home, "AppData", "Local");
  return join(home, ".local", "share");
}

/**
 * Reads the index; undefined where there is none. A folder that depends on the working folder has none: whoever filled the working
 * folder would have his code run.
 *
 * @throws {FerryError} PLUGIN_INVALID, IO
 */
export async function readIndex(folder: string): Promise<PluginIndex | undefined> {
  if (!isAbsolute(folder)) return undefined;
  const path = join(folder, INDEX_FILE);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
    await checkOwner(folder);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return undefined;
    if (isFerryError(cause)) throw cause;
    throw new FerryError("IO", `Index of plugins "${path}" could not be read`, { cause });
  }
  try {
    const index: PluginIndex = JSON.parse(text);
    if (index.version === 1 && Array.isArray(index.plugins)) return index;
  } catch {
    // Said below.
  }
  throw new FerryError("PLUGIN_INVALID", `Index of plugins "${path}" is not valid`, {
    hint: "remove it and add the plugins again",
  });
}

/** What others can change is not run. */
async function checkOwner(folder: string): Promise<void> {
  const own = Deno.uid();
  const { mode, uid } = await Deno.stat(folder);
  const whose = uid !== null && uid !== own && uid !== 0;
  if (!whose && ((mode ?? 0) & 0o002) === 0) return;
  throw new FerryError(
    "PLUGIN_INVALID",
    `Plugins in "${folder}" are not used: ${whose ? "the folder is somebody else's" : "everybody may write there"}`,
    {
      hint: whose
        ? `give the folder to whoever runs this: chown -R ${own}`
        : "take the right to write from others: chmod o-w",
    },
  );
}
