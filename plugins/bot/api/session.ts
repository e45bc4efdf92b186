/**
 * What the functions of one script share.
 *
 * @module
 */
import {
  type Context,
  CopyRun,
  formatReference,
  isFerryError,
  localPlatform,
  LuaError,
  type Platform,
  type Reference,
  type Transport,
} from "../../../src/mod.ts";
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
  readonly #actions: ActionLimit;
  #run = new CopyRun();
  #copies = 0;
  #platform: Platform | undefined;

  /** A session for a script. */
  constructor(options: SessionOptions) {
    const { actions, context, dryRun, env, readAhead, script, unsafe } = options;
    this.context = context;
    this.script = script;
    this.dryRun = dryRun;
    this.env = env;
    this.unsafe = unsafe;
    this.#actions = actions;
    this.readAhead = new ReadAhead(context, readAhead);
  }

  /** What the copies of this script share; made anew now and then, so that it does not grow without end. */
  copyRun(): CopyRun {
    if (++this.#copies % COPIES_A_RUN === 0) this.forgetCopies();
    return this.#run;
  }

  /** Forgets what copies found: something was deleted. */
  forgetCopies(): void {
    this.#run = new CopyRun();
  }

  /** This machine's platform; looked up once. */
  get platform(): Platform {
    return this.#platform ??= localPlatform();
  }

  /** The transport that serves a reference. */
  transport(reference: Reference): Promise<Transport> {
    return this.context.transport(reference);
  }

  /** Runs an action within the limit on actions. */
  action<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#actions.run(action, signal);
  }

  /** Logs a step. */
  debug(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.context.log.debug(message, { script: this.script, ...fields });
  }

  /**
   * Announces a change, does it unless this is a dry run, and forgets what was read ahead. Gives what the change gave, or undefined
   * in a dry run.
   */
  async change<T>(
    message: string,
    fields: Readonly<Record<string, unknown>>,
    change: () => Promise<T>,
  ): Promise<T | undefined> {
    this.context.log.info(message, { script: this.script, ...fields, "dry-run": this.dryRun });
    if (this.dryRun) return undefined;
    try {
      return await change();
    } finally {
      this.readAhead.forget();
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
