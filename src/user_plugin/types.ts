/**
 * What the program and the noun `plugin` know of plugins that do not come with the program.
 *
 * @module
 */
import type { FerryError } from "../errors.ts";
import type { GoFunction } from "../output/template/value.ts";
import type { Command, Context, PluginEntry } from "../plugin.ts";
import type { LuaGlobal } from "../plugin_parts.ts";
import type { Transport } from "../transport/transport.ts";
import type { Grants, PluginAdds, PluginRecord } from "./record.ts";

/** A verb that a plugin adds to a noun of somebody else. */
export interface AddedVerb {
  /** The verb. */
  readonly verb: string;
  /** Other names of it. */
  readonly aliases: readonly string[];
  /** It takes the place of the noun's own. */
  readonly replaces: boolean;
  /** Loads the plugin and gives the command; undefined where it cannot be loaded and is not what is `wanted`, but one among others. */
  load(wanted: boolean): Promise<Command | undefined>;
}

/** The plugins of a run that do not come with the program. */
export interface UserPlugins {
  /** Their nouns. */
  nouns(): Promise<readonly PluginEntry[]>;
  /** Verbs that they add to a noun; those that the configuration names add theirs only where `unknown` asks for it. */
  verbs(noun: string, unknown: boolean): Promise<readonly AddedVerb[]>;
  /** Schemes that they serve. */
  schemes(): Promise<ReadonlySet<string>>;
  /** What serves a scheme, undefined where none of them does. */
  transport(scheme: string, context: Context): Promise<Transport | undefined>;
  /** The transport, with copies and other changes watched where one of them has a hook. */
  watched<T extends Transport>(transport: T, context: Context): Promise<T>;
  /** Functions for a template. */
  templateFunctions(template: string): Promise<Readonly<Record<string, GoFunction>>>;
  /** Globals for scripts, by name. */
  luaGlobals(): Promise<Readonly<Record<string, LuaGlobal>>>;
  /** Path of the program `ferry-NOUN` on the PATH, undefined where there is none. */
  program(noun: string): Promise<string | undefined>;
  /** Those that were added: to list and change them. */
  store(): Promise<PluginStore>;
  /** Ends what was started, and takes away what was written for this run. */
  close(): Promise<void>;
}

/** Files as they are loaded, and their digests. */
export interface StagedPlugin {
  /** Content by path. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** sha256 by path, in the order of the paths. */
  readonly digests: Readonly<Record<string, string>>;
  /** sha256 of all of it. */
  readonly digest: string;
}

/** A program that stands for a noun. */
export interface FoundProgram {
  /** The noun. */
  readonly noun: string;
  /** Path of the program. */
  readonly path: string;
}

/** A plugin that was read and not run yet. */
export interface PluginCandidate {
  /** Where it is from. */
  readonly source: string;
  /** Its main module. */
  readonly entry: string;
  /** Number of its files. */
  readonly count: number;
  /** Their names. */
  readonly names: readonly string[];
  /** Bytes in all. */
  readonly size: number;
  /** sha256 of all of it. */
  readonly digest: string;
  /** Its files. */
  readonly staged: StagedPlugin;
}

/** What became of a plugin that was added. */
export interface AddedPlugin {
  /** What is noted of it. */
  readonly record: PluginRecord;
  /** Version of the one of the same name that was there before. */
  readonly replaced: string | undefined;
}

/** What is wrong with a plugin, if anything. */
export interface ExaminedPlugin {
  /** Its name, or its path. */
  readonly name: string;
  /** What is wrong. */
  readonly failure: FerryError | undefined;
}

/** The plugins that were added. */
export interface PluginStore {
  /** Folder that they are kept in. */
  readonly folder: string;
  /** Plugins that come with the program. */
  readonly builtIn: readonly PluginEntry[];
  /** Paths that `--plugin` names. */
  readonly given: readonly string[];
  /** Those that were added, in the order in which they came. */
  records(): Promise<readonly PluginRecord[]>;
  /** Paths that the configuration names. */
  configured(): Promise<readonly string[]>;
  /** Programs `ferry-NOUN` on the PATH. */
  programs(): Promise<readonly FoundProgram[]>;
  /**
   * Reads a plugin from a path, or from an address with the sha256 of what is there; none of its code runs.
   *
   * @throws {FerryError} PLUGIN_INVALID, DIGEST_MISMATCH and what fetching throws
   */
  read(source: string, expected: string | undefined, signal: AbortSignal): Promise<PluginCandidate>;
  /**
   * Runs a plugin's main module to learn what it adds, apart where it is to be confined, and keeps it.
   *
   * @throws {FerryError} PLUGIN_INVALID, IO
   */
  add(candidate: PluginCandidate, confine?: Grants): Promise<AddedPlugin>;
  /**
   * Takes a plugin away, with its files.
   *
   * @throws {FerryError} NOT_FOUND, IO
   */
  remove(name: string): Promise<PluginRecord>;
  /**
   * Says whether a plugin is to be used.
   *
   * @throws {FerryError} NOT_FOUND, PLUGIN_INVALID where it clashes with another, IO
   */
  enable(name: string, enabled: boolean): Promise<PluginRecord>;
  /** Loads every plugin that is in use, and says what is wrong. */
  examine(): Promise<readonly ExaminedPlugin[]>;
  /** What the plugin at a path adds; it is loaded. */
  look(path: string): Promise<LookedPlugin>;
}

/** A plugin that is loaded from its own place. */
export interface LookedPlugin {
  /** Its name. */
  readonly name: string;
  /** Its version, "" where it does not say. */
  readonly version: string;
  /** What it is for. */
  readonly summary: string;
  /** What it adds. */
  readonly adds: PluginAdds;
}
