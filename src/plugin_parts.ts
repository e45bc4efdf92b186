/**
 * What a plugin may bring besides the commands of its noun: verbs of other nouns, transports, a hook around copies, functions for
 * templates and globals for scripts.
 *
 * @module
 */
import type { LuaFunction, LuaLibrary } from "./lua/types.ts";
import type { Descriptor } from "./oci/descriptor.ts";
import type { Manifest } from "./oci/manifest.ts";
import type { GoFunction } from "./output/template/value.ts";
import type { Command, Context } from "./plugin.ts";
import type { Reference } from "./reference/reference.ts";
import type { Transport } from "./transport/transport.ts";

/** Version of what plugins build on. It grows when something that they may use is taken away or changes its meaning. */
export const PLUGIN_API = 1;

/** A verb that is added to a noun of somebody else. */
export interface AddedCommand extends Command {
  /** Takes the place of the noun's own verb of this name; without it such a verb is refused. */
  readonly replaces?: boolean;
}

/** A copy that is about to start, or has ended. */
export interface HookedCopy {
  /** What is copied. */
  readonly source: Reference;
  /** Where it goes. */
  readonly target: Reference;
  /** Serves the source. */
  readonly sourceTransport: Transport;
  /** Serves the target. */
  readonly targetTransport: Transport;
  /** Stops the work. */
  readonly signal: AbortSignal;
}

/** What a copy that was not skipped brought. */
export interface HookedResult {
  /** Descriptor of what the target names now. */
  readonly descriptor: Descriptor;
  /** True when anything was stored. */
  readonly changed: boolean;
}

/** Watches over every copy of images and artifacts: of `image copy`, `repo copy`, `sync`, `bot` and all else that copies. */
export interface CopyHook {
  /**
   * Asked before anything of a copy is stored. Nothing given: the copy goes on. `skip`, with the reason: the target stays as it is, and
   * that is no failure. A FerryError that it throws, POLICY for example, refuses the copy.
   */
  readonly before?: (copy: HookedCopy, context: Context) => Promise<{ readonly skip: string } | void>;
  /** Told of a copy that has been done. What it throws fails the command, and does not undo the copy. */
  readonly after?: (copy: HookedCopy, result: HookedResult, context: Context) => Promise<void>;
}

/**
 * What a change does. `copy` is a whole copy of an image or artifact, with all that it stores at its target. The others are single
 * changes that are no part of a copy. `export` writes an image to an archive.
 */
export type WriteKind =
  | "copy"
  | "put-manifest"
  | "put-blob"
  | "delete-manifest"
  | "delete-tag"
  | "delete-blob"
  | "export";

/** A change that is about to be made, or has been. */
export interface HookedWrite {
  /** What it does. */
  readonly kind: WriteKind;
  /** Where it is made; undefined for `export`. A blob's has the tag of the image that it is for, where that is known. */
  readonly target: Reference | undefined;
  /** Where content comes from; undefined for all but `copy` and `export`. */
  readonly source: Reference | undefined;
  /** What is stored, for `put-manifest`. */
  readonly manifest: Manifest | undefined;
  /** Of what is stored by `put-manifest` and `put-blob`; the digest is "" where it is not known yet. Of what `delete-blob` deletes, its digest. */
  readonly descriptor: Descriptor | undefined;
  /** Stops the work. */
  readonly signal: AbortSignal;
}

/** What a change brought. */
export interface WrittenResult {
  /** Descriptor of what was stored; undefined for what deletes. */
  readonly descriptor: Descriptor | undefined;
  /** False for a copy that had nothing to store. */
  readonly changed: boolean;
}

/**
 * Watches over every change of content in registries and layouts, and over what is written to archives, whatever command makes it. What
 * hooks do themselves is not watched.
 */
export interface WriteHook {
  /**
   * Asked before the change. Nothing given: it is made. A FerryError that it throws, POLICY for example, refuses it. `skip`, with the
   * reason, leaves out a copy, which is no failure, and refuses any other change.
   */
  readonly before?: (write: HookedWrite, context: Context) => Promise<{ readonly skip: string } | void>;
  /** Told of a change that has been made; of exports it is not. What it throws fails the command, and undoes nothing. */
  readonly after?: (write: HookedWrite, result: WrittenResult, context: Context) => Promise<void>;
}

/** What serves a scheme of a plugin: an object that has its calls itself, not from a class. */
export interface PluginTransport extends Transport {
  /** Closes what it opened, at the end of the run. */
  [Symbol.asyncDispose]?(): Promise<void>;
}

/** What a global of scripts is made from. */
export interface LuaHost {
  /** Transports, log, time. */
  readonly context: Context;
  /** Name of the script. */
  readonly script: string;
  /** Nothing is to be changed. */
  readonly dryRun: boolean;
}

/** Makes a global for one script. */
export type LuaGlobal = (host: LuaHost) => LuaLibrary | LuaFunction;

/** What a plugin may bring besides its commands. */
export interface PluginParts {
  /** {@linkcode PLUGIN_API} that it was written for. A plugin that does not come with the program has to say it. */
  readonly api?: number;
  /** Its own version, any text. */
  readonly version?: string;
  /** Verbs of other nouns, by noun and verb. */
  readonly verbs?: Readonly<Record<string, Readonly<Record<string, AddedCommand>>>>;
  /**
   * What serves references of other schemes, `scheme://path:tag`, by scheme: letters a to z. Made when a reference of the scheme is
   * first used.
   */
  readonly transports?: Readonly<Record<string, (context: Context) => PluginTransport | Promise<PluginTransport>>>;
  /** Watches over copies. */
  readonly copyHook?: CopyHook;
  /** Watches over every change, copies among them. */
  readonly writeHook?: WriteHook;
  /** Functions for templates, of `--format` and of the files of `sync` and `bot`, by name. */
  readonly templateFunctions?: Readonly<Record<string, GoFunction>>;
  /** Globals for scripts of `bot`, by name. */
  readonly luaGlobals?: Readonly<Record<string, LuaGlobal>>;
}
