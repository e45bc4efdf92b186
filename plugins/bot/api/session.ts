/**
 * What the functions of one script share.
 *
 * @module
 */
import {
  type Context,
  type CopyRun,
  formatReference,
  isFerryError,
  LuaError,
  type Platform,
  type Reference,
  type Transport,
} from "../../../src/mod.ts";
import type { Changes } from "../run/changes.ts";
import { ReadAhead } from "./read_ahead.ts";

/** Copies that share what they found. */
const COPIES_A_RUN = 200;

/** Lets so many actions of all scripts run at a time. */
export interface ActionLimit {
  /** Runs an action when there is room for it. */
  run<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** What a session is made from. */
export interface SessionOptions {
  /** Transports, log, time. */
  readonly context: Context;
  /** Name of the script. */
  readonly script: string;
  /** Nothing is changed; what would be is logged. */
  readonly dryRun: boolean;
  /** Limit on actions of all scripts. */
  readonly actions: ActionLimit;
  /** Changes of all scripts. */
  readonly changes: Changes;
  /** Environment variables that the script may read. */
  readonly env: readonly string[];
  /** The script may use files and programs. */
  readonly unsafe: boolean;
  /** Fetch what the script is likely to ask for next. */
  readonly readAhead: boolean;
}

/** What the functions of one script share. */
export class Session {
  readonly context: Context;
  readonly script: string;
  readonly dryRun: boolean;
  readonly env: readonly string[];
  readonly unsafe: boolean;
  readonly readAhead: ReadAhead;
  /** Schemes that plugins of users serve, once they are known. */
  schemes: ReadonlySet<string> | undefined;
  /** This machine's platform, once somebody has looked it up. */
  platform: Platform | undefined;
  readonly #actions: ActionLimit;
  readonly #changes: Changes;
  readonly #endListening: () => void;
  #run: CopyRun | undefined;
  #copies = 0;

  /** A session for a script. */
  constructor(options: SessionOptions) {
    const { actions, changes, context, dryRun, env, readAhead, script, unsafe } = options;
    this.context = context;
    this.script = script;
    this.dryRun = dryRun;
    this.env = env;
    this.unsafe = unsafe;
    this.#actions = actions;
    this.readAhead = new ReadAhead(context, readAhead);
    this.#changes = changes;
    this.#endListening = changes.listen((changed) => this.readAhead.forget(changed));
  }

  /** Ends it: what others change, and what was read ahead, is of no interest any more. */
  async end(): Promise<void> {
    this.#endListening();
    await this.readAhead.end();
  }

  /** What the copies of this script share; made anew now and then, so that it does not grow without end. */
  copyRun(make: () => CopyRun): CopyRun {
    if (++this.#copies % COPIES_A_RUN === 0) this.forgetCopies();
    return this.#run ??= make();
  }

  /** Forgets what copies found: something was deleted. */
  forgetCopies(): void {
    this.#run = undefined;
  }

  /** The transport that serves a reference. */
  transport(reference: Reference): Promise<Transport> {
    return this.context.transport(reference);
  }

  /** Runs an action within the limit on actions. */
  action<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#actions.run(action, signal);
  }

  /** An environment variable, where the script may see it. */
  variable(name: string): string | undefined {
    return this.unsafe || this.env.includes(name) ? this.context.env(name) : undefined;
  }

  /** Logs a step. */
  debug(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.context.log.debug(message, { script: this.script, ...fields });
  }

  /**
   * Announces a change, does it unless this is a dry run, and tells all scripts what was changed: a reference into the repository,
   * undefined for changes elsewhere. Gives what the change gave, or undefined in a dry run.
   */
  async change<T>(
    message: string,
    changed: Reference | undefined,
    fields: Readonly<Record<string, unknown>>,
    change: () => Promise<T>,
  ): Promise<T | undefined> {
    this.context.log.info(message, { script: this.script, ...fields, "dry-run": this.dryRun });
    if (this.dryRun) return undefined;
    try {
      return await change();
    } finally {
      if (changed !== undefined) this.#changes.tell(changed);
    }
  }
}

/** Runs a call; a failure becomes one of the script, `what: message (CODE)`. */
export async function attempt<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failure(what, error);
  }
}

/** A failure as a script sees it. */
export function failure(what: string, error: unknown): unknown {
  if (!isFerryError(error)) return error;
  const status = error.status === undefined ? "" : ` [http ${error.status}]`;
  return new LuaError(`${what}: ${error.message}${status} (${error.code})`, { cause: error });
}

/** Text of a reference in messages. */
export function nameOf(reference: Reference): string {
  return formatReference(reference);
}
