/**
 * Runs one script.
 *
 * @module
 */
import {
  type Context,
  FerryError,
  isFerryError,
  type Lua,
  LuaError,
  LuaExit,
  LuaStopped,
  type LuaValue,
  type Script,
} from "../../../src/mod.ts";
import { createGlobals } from "../api/mod.ts";
import { type ActionLimit, Session } from "../api/session.ts";
import type { ScriptLimits } from "../file/types.ts";
import type { Changes } from "./changes.ts";
import type { PrintStream } from "./print_stream.ts";

/** A script to run. */
export interface ScriptRun {
  /** Its name, for logs and messages. */
  readonly name: string;
  /** Its text. */
  readonly source: string;
  /** What it may use. */
  readonly limits: ScriptLimits;
  /** Its arguments. */
  readonly args?: readonly string[];
}

/** What scripts of a run share. */
export interface RunShared {
  /** Registries, log, time. */
  readonly context: Context;
  /** Takes what scripts print. */
  readonly out: PrintStream;
  /** Limit on actions. */
  readonly actions: ActionLimit;
  /** What they change. */
  readonly changes: Changes;
  /** Nothing is changed. */
  readonly dryRun: boolean;
  /** Gives standard input piece by piece, undefined at its end; without it there is none. */
  readonly input?: () => Promise<Uint8Array | undefined>;
  /** Lua, compiled when the first script runs. */
  readonly lua: () => Promise<Lua>;
}

/**
 * Runs a script to its end.
 *
 * @throws {FerryError} SCRIPT_FAILED
 */
export async function runScript(script: ScriptRun, shared: RunShared, signal: AbortSignal): Promise<void> {
  const { context } = shared;
  context.log.debug("Starting script", { script: script.name });
  const { close, script: machine } = await openScript(script, shared, signal);
  try {
    await machine.run(new TextEncoder().encode(script.source), script.args);
  } catch (error) {
    if (!(error instanceof LuaExit && error.code === 0)) throw scriptFailure(error, script.name);
  } finally {
    await close();
  }
  context.log.debug("Finished script", { script: script.name });
}

/** A script that is ready to run. */
export interface OpenScript {
  /** The script. */
  readonly script: Script;
  /** Closes what it left open, and stops what was begun for it. */
  close(): Promise<void>;
}

/** A machine for a script, with all that it finds in it: where the source is not known yet, everything. */
export async function openScript(
  { args = [], limits, name, source }: Omit<ScriptRun, "source"> & Partial<ScriptRun>,
  { actions, changes, context, dryRun, input, lua, out }: RunShared,
  signal: AbortSignal,
): Promise<OpenScript> {
  const session = new Session({
    context,
    script: name,
    dryRun,
    actions,
    changes,
    env: limits.env,
    unsafe: !limits.sandbox,
    readAhead: limits.readAhead,
  });
  const print = (bytes: Uint8Array) => out.write(bytes);
  const [globals, engine, unsafe] = await Promise.all([
    createGlobals(session, source),
    lua(),
    session.unsafe ? import("../api/unsafe/libraries.ts") : undefined,
  ]);
  const outside = unsafe?.unsafeLibraries(session, print, input);
  const script = engine.script({
    name,
    globals: { ...globals, ...outside?.globals, arg: argTable(name, args) },
    print,
    turn: () => out.drained(),
    signal,
    env: (variable) => session.variable(variable),
    now: () => context.clock.now(),
    ...(limits.timeout === undefined ? {} : { timeout: limits.timeout }),
    ...(limits.memory === undefined ? {} : { memory: limits.memory }),
  });
  if (unsafe !== undefined) await script.run(new TextEncoder().encode(unsafe.UNSAFE_PRELUDE));
  const close = async () => {
    outside?.close();
    await session.end();
  };
  return { script, close };
}

/** What a script failed with, for people. */
export function scriptFailure(error: unknown, name: string): unknown {
  if (error instanceof LuaStopped && error.reason === "signal") return error.cause ?? error;
  if (error instanceof LuaExit) return new FerryError("SCRIPT_FAILED", `Script "${name}" ended with ${error.message}`);
  if (error instanceof LuaError || error instanceof LuaStopped) {
    return new FerryError("SCRIPT_FAILED", error.message, { cause: error });
  }
  if (isFerryError(error)) return error;
  return new FerryError("INTERNAL", `Script "${name}" was ended by a mistake of this program`, { cause: error });
}

function argTable(name: string, args: readonly string[]): LuaValue {
  return new Map<number, string>([[0, name], ...args.map((arg, at) => [at + 1, arg] as const)]);
}
