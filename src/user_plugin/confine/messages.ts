/**
 * What the program and a confined plugin say to each other.
 *
 * @module
 */
import type { CommandSpec } from "../../plugin.ts";
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
  | { readonly kind: "after"; readonly source: Reference; readonly target: Reference; readonly result: unknown };

/** To the plugin. */
export type ToPlugin =
  | { readonly type: "load"; readonly address: string }
  | { readonly type: "run"; readonly run: number; readonly program: string; readonly task: Task }
  | { readonly type: "stop"; readonly run: number }
  | { readonly type: "answer"; readonly call: number; readonly value?: unknown; readonly error?: SentError };

/** From the plugin. */
export type FromPlugin =
  | { readonly type: "loaded"; readonly plugin: DescribedPlugin | undefined }
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
    readonly fields?: unknown;
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
