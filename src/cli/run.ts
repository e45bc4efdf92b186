/**
 * Runs one command line: finds the command, reads its words, runs its handler and shows what it gave.
 *
 * @module
 */
import type { FerryError } from "../errors.ts";
import { createCopyWatcher } from "../output/copy_watcher.ts";
import { createLog, LOG_LEVELS, parseLogLevel } from "../output/log.ts";
import { ClosedPipe, type OutputStream } from "../output/streams.ts";
import { writeResult } from "../output/result.ts";
import type { Clock, PluginEntry } from "../plugin.ts";
import { openContext } from "./context.ts";
import { type Dialect, dialectOf } from "./dialect.ts";
import { findCommand, type Found } from "./find.ts";
import { type GlobalValues, readInput } from "./input.ts";
import type { Terminal } from "./prompt.ts";
import type { Services } from "./services.ts";
import { type SignalSource, stopOnSignals } from "./signals.ts";

/** What a run needs of the world. */
export interface CliOptions {
  /** Plugins in the order in which help lists them. */
  readonly plugins: readonly PluginEntry[];
  /** Makes transports and configuration. */
  readonly services: Services;
  /** Words of the command line, without the program. */
  readonly args: readonly string[];
  /** The program as it was called: its name chooses the dialect. */
  readonly argv0: string;
  /** An environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Standard output. */
  readonly stdout: OutputStream;
  /** Standard error. */
  readonly stderr: OutputStream;
  /** Standard input and the person at it. */
  readonly terminal: Terminal;
  /** Time. */
  readonly clock: Clock;
  /** Tells of signals. */
  readonly signals: SignalSource;
  /** Ends the process at once: the answer to a second signal. */
  readonly exitNow: (code: number) => void;
}

/** Where a run stands; failures are shown accordingly. */
interface State {
  json: boolean;
  level: number;
}

/** Runs a command line and gives the exit code of the process. Never throws. */
export async function runCli(options: CliOptions): Promise<number> {
  const dialect = dialectOf(options.argv0);
  const controller = new AbortController();
  const state: State = { json: false, level: LOG_LEVELS.WARN };
  try {
    return dialect.exit(await run(options, dialect, controller, state));
  } catch (error) {
    if (error instanceof ClosedPipe) return 0;
    return dialect.exit(await report(controller.signal.aborted ? controller.signal.reason : error, options, state));
  }
}

async function run(options: CliOptions, dialect: Dialect, controller: AbortController, state: State): Promise<number> {
  const { args, plugins, services, stdout } = options;
  state.json = asksForJsonLogs(args);
  const found = await findCommand(args, plugins);
  if (found.kind !== "command" || found.help) return await showHelp(found, options, dialect);
  const { spec } = found.command;
  const name = [dialect.program, found.plugin.name, found.verb].filter((part) => part !== "").join(" ");
  const input = await readInput(found.words, spec, name, () => services.readers());
  const { global } = input;
  if (global.help === true) return await showHelp(found, options, dialect);
  applyLogFlags(global, dialect, state);
  const format = global.format === undefined
    ? undefined
    : await (await import("../output/format.ts")).compileFormat(global.format, options.env);
  const say = (line: string) => sayOn(options.stderr, line);
  const now = () => options.clock.now();
  const watcher = createCopyWatcher({
    mode: hidesProgress(global, dialect) ? "none" : global.progress,
    isTerminal: options.stderr.isTerminal,
    write: say,
    now,
  });
  const { default: handler } = await found.command.load();
  const ignoreSignals = stopOnSignals(options.signals, controller, watcher.kept, options.exitNow);
  const { context, close } = openContext({
    services,
    program: dialect.program,
    log: createLog({ level: state.level, json: state.json, write: say, now }),
    clock: options.clock,
    env: options.env,
    hosts: global.host,
    userAgent: global["user-agent"],
    signal: controller.signal,
    onCopyEvent: watcher.onEvent,
    terminal: options.terminal,
  });
  try {
    const result = await handler(context, { args: input.args, flags: input.flags }) ?? {};
    watcher.finish();
    await writeResult(result, format, stdout);
    if (result.error !== undefined) return await report(result.error, options, state);
    return result.exit ?? 0;
  } catch (error) {
    // What still runs for a reader that went away is of no use to anybody.
    if (error instanceof ClosedPipe) controller.abort(error);
    throw error;
  } finally {
    ignoreSignals();
    await close();
  }
}

function applyLogFlags(global: GlobalValues, dialect: Dialect, state: State): void {
  state.json = global["log-format"] === undefined ? global.logopt.includes("json") : global["log-format"] === "json";
  const level = parseLogLevel(global.verbosity ?? dialect.verbosity);
  state.level = global.quiet === true ? Math.max(level, LOG_LEVELS.ERROR) : level;
}

function hidesProgress(global: GlobalValues, dialect: Dialect): boolean {
  return global.quiet === true || (dialect.verbosityHidesProgress && global.verbosity !== undefined);
}

async function showHelp(found: Found, options: CliOptions, dialect: Dialect): Promise<number> {
  const { helpText } = await import("./help.ts");
  await options.stdout.write(new TextEncoder().encode(helpText(found, options.plugins, dialect.program)));
  return 0;
}

async function report(error: unknown, options: CliOptions, state: State): Promise<number> {
  const { failureLines, toFerryError } = await import("./exit.ts");
  const failure: FerryError = toFerryError(error);
  for (const line of failureLines(failure, { ...state, now: options.clock.now() })) sayOn(options.stderr, line);
  return failure.exit;
}

/** A closed standard error is no reason to fail. */
function sayOn(stream: OutputStream, line: string): void {
  try {
    stream.writeSync(new TextEncoder().encode(line + "\n"));
  } catch (error) {
    if (!(error instanceof ClosedPipe)) throw error;
  }
}

/** A guess for failures that come before the flags are read. */
function asksForJsonLogs(args: readonly string[]): boolean {
  return /(^| )--(log-format|logopt)[= ]json( |$)/.test(args.join(" "));
}
