/**
 * What the program and a confined plugin say to each other.
 *
 * @module
 */
import type { CommandSpec } from "../../plugin.ts";
import type { HookedWrite } from "../../plugin_parts.ts";
import type { Reference } from "../../reference/reference.ts";

/** A command without its handler. */
export interface DescribedCommand {
  readonly spec: CommandSpec;
  readonly replaces?: boolean;
}

/** A plugin without what cannot be sent. */
export interface DescribedPlugin {
  readonly name?: unknown;
  readonly summary?: unknown;
  readonly aliases?: unknown;
  readonly version?: unknown;
  readonly api?: unknown;
  readonly commands: Readonly<Record<string, DescribedCommand>>;
  readonly verbs: Readonly<Record<string, Readonly<Record<string, DescribedCommand>>>>;
  /** Calls of its copy hook. */
  readonly hook: readonly ("before" | "after")[];
  /** Calls of its write hook. */
  readonly writes: readonly ("before" | "after")[];
  /** Parts that only work inside the program. */
  readonly unconfinable: readonly string[];
}

/** An error on its way. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
  readonly detail?: string;
  readonly status?: number;
}

/** What is run. */
export type Task =
  | { readonly kind: "command"; readonly noun: string; readonly verb: string; readonly input: unknown }
  | { readonly kind: "before"; readonly source: Reference; readonly target: Reference }
  | { readonly kind: "after"; readonly source: Reference; readonly target: Reference; readonly result: unknown }
  | { readonly kind: "before-write"; readonly write: SentWrite }
  | { readonly kind: "after-write"; readonly write: SentWrite; readonly result: unknown };

/** A change as it is sent. */
export interface SentWrite extends Pick<HookedWrite, "kind" | "source" | "target" | "descriptor"> {
  /** The manifest's bytes. */
  readonly raw: Uint8Array | undefined;
}

/** To the plugin. */
export type ToPlugin =
  | { readonly type: "load"; readonly address: string }
  | {
    readonly type: "run";
    readonly run: number;
    readonly program: string;
    readonly task: Task;
    /** Variables that were granted: "" for one that is not set, else its value behind a `=`. */
    readonly env: Readonly<Record<string, string>>;
  }
  | { readonly type: "stop"; readonly run: number }
  | { readonly type: "answer"; readonly call: number; readonly value?: unknown; readonly error?: SentError };

/** From the plugin, when it keeps to it: its code can send anything. */
export type FromPlugin =
  | {
    readonly type: "loaded";
    /** {@linkcode DescribedPlugin} as JSON, which holds nothing but plain data; `null` where there is none. */
    readonly plugin: string;
  }
  | { readonly type: "unloadable"; readonly error: SentError }
  | { readonly type: "crashed"; readonly error: SentError }
  | {
    readonly type: "call";
    readonly call: number;
    readonly run: number;
    readonly verb: string;
    readonly args: readonly unknown[];
  }
  | {
    readonly type: "log";
    readonly run: number;
    readonly level: string;
    readonly message: string;
    /** An object as JSON. */
    readonly fields: string;
  }
  | { readonly type: "done"; readonly run: number; readonly value: unknown }
  | { readonly type: "failed"; readonly run: number; readonly error: SentError };

/** What a command gives, as it is sent. */
export interface SentResult {
  readonly data?: string;
  readonly text?: string;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly exit?: number;
  readonly error?: SentError;
}
