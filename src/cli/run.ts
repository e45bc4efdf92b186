/**
 * Runs one command line: finds the command, reads its words, runs its handler and shows what it gave.
 *
 * @module
 */
import type { FerryError } from "../errors.ts";
import { wantsColours } from "../output/colours.ts";
import { createCopyWatcher, type ProgressMode } from "../output/copy_watcher.ts";
import { createLog, LOG_LEVELS, parseLogLevel } from "../output/log.ts";
import { ClosedPipe, type OutputStream, writeText } from "../output/streams.ts";
import { writeResult } from "../output/result.ts";
import type { Clock, PluginEntry } from "../plugin.ts";
import type { UserPlugins } from "../user_plugin/types.ts";
import { openContext } from "./context.ts";
import { type Dialect, dialectOf, helpOf, wordsOf } from "./dialect.ts";
import { findCommand, type Found } from "./find.ts";
import { givenPlugins } from "./given_plugins.ts";
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
  /** Columns of the terminal, undefined where it does not say. */
  readonly columns?: () => number | undefined;
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
  const { args, services } = options;
  if (args[0]?.startsWith("__complete")) {
    return await (await import("./completion/mod.ts")).complete(options, dialect);
  }
  state.json = asksForJsonLogs(args);
  const now = () => options.clock.now();
  const write = (line: string) => writeText(options.stderr, `${line}\n`);
  const plugins = services.plugins({
    env: options.env,
    program: dialect.program,
    given: givenPlugins(args),
    builtIn: options.plugins,
    warn: (message) => createLog({ ...state, write, now }).warn(message),
  });
  try {
    return await runWith(plugins, options, dialect, controller, state);
  } finally {
    await plugins.close();
  }
}

async function runWith(
  plugins: UserPlugins,
  options: CliOptions,
  dialect: Dialect,
  controller: AbortController,
  state: State,
): Promise<number> {
  const { args, services, stdout } = options;
  const words = wordsOf(args, dialect);
  let found: Found;
  try {
    found = await findCommand(words, options.plugins, plugins);
  } catch (error) {
    const code = await (await import("./program.ts")).runProgram(error, words, options, dialect, plugins);
    if (code === undefined) throw error;
    return code;
  }
  if (found.kind !== "command" || found.help) return await showHelp(found, options, dialect, plugins);
  const { spec } = found.command;
  const noun = found.plugin.name === dialect.noun ? "" : found.plugin.name;
  const name = [dialect.program, noun, found.verb].filter((part) => part !== "").join(" ");
  const input = await readInput(found.words, spec, name, async () => services.readers(await schemesOf(args, plugins)));
  const { global } = input;
  if (global.help === true) return await showHelp(found, options, dialect, plugins);
  applyLogFlags(global, spec.verbosity ?? dialect.verbosity, state);
  const rows = global.format === "ndjson";
  const format = global.format === undefined || rows
    ? undefined
    : await (await import("../output/format.ts")).compileFormat(
      global.format,
      options.env,
      (template) => plugins.templateFunctions(template),
    );
  const now = () => options.clock.now();
  const watcher = createCopyWatcher({
    mode: progressMode(global, dialect, options.stderr.isTerminal),
    stderr: options.stderr,
    jsonLogs: state.json,
    env: options.env,
    now,
  });
  const module = await found.command.load();
  const handler = rows ? (await import("../output/rows.ts")).rowsHandler(module) : module.default;
  const ignoreSignals = stopOnSignals(options.signals, controller, watcher.kept, (code) => {
    watcher.close();
    options.exitNow(code);
  });
  const { context, close } = openContext({
    services,
    plugins,
    program: dialect.program,
    log: createLog({ level: state.level, json: state.json, write: watcher.say, now }),
    clock: options.clock,
    env: options.env,
    hosts: global.host,
    userAgent: global["user-agent"],
    signal: controller.signal,
    onCopyEvent: watcher.onEvent,
    terminal: options.terminal,
  });
  try {
    const result = await handler(context, { args: input.args, flags: input.flags, given: input.given }) ?? {};
    const outcome = result.error === undefined ? "done" : "failed";
    // A stream may be what copies are made for.
    if (!(result.body instanceof ReadableStream)) await watcher.finish(outcome);
    await writeResult(result, format, watcher.beside(stdout), wantsColours(options.env, stdout.isTerminal));
    await watcher.finish(outcome);
    if (result.error !== undefined) return await report(result.error, options, state);
    return result.exit ?? 0;
  } catch (error) {
    // What still runs for a reader that went away is of no use to anybody.
    if (error instanceof ClosedPipe) controller.abort(error);
    else await watcher.finish("failed");
    throw await (await import("./suggest.ts")).withSuggestion(error, context, () => services.readers());
  } finally {
    watcher.close();
    ignoreSignals();
    await close();
  }
}

/** Schemes that plugins serve, looked for only where a word has one that is not the program's own. */
async function schemesOf(words: readonly string[], plugins: UserPlugins): Promise<ReadonlySet<string> | undefined> {
  const other = words.some((word) => /^[a-z]+:\/\//.test(word) && !word.startsWith("ocidir://"));
  return other ? await plugins.schemes() : undefined;
}

function applyLogFlags(global: GlobalValues, verbosity: string, state: State): void {
  state.json = global["log-format"] === undefined ? global.logopt.includes("json") : global["log-format"] === "json";
  const level = parseLogLevel(global.verbosity ?? verbosity);
  state.level = global.quiet === true ? Math.max(level, LOG_LEVELS.ERROR) : level;
}

function progressMode(global: GlobalValues, dialect: Dialect, isTerminal: boolean): ProgressMode {
  if (global.quiet === true) return "none";
  if (global.progress !== "auto" || dialect.program === "ferry") return global.progress;
  // The tools that ferry stands in for show bars on a terminal or nothing, so scripts are written for that.
  const hidden = !isTerminal || (dialect.verbosityHidesProgress && global.verbosity !== undefined);
  return hidden ? "none" : "auto";
}

async function showHelp(found: Found, options: CliOptions, dialect: Dialect, plugins: UserPlugins): Promise<number> {
  const { helpText } = await import("./help.ts");
  const width = options.stdout.isTerminal ? options.columns?.() : undefined;
  const entries = found.kind === "root" ? [...options.plugins, ...await plugins.nouns()] : [];
  const text = helpOf(helpText(found, entries, dialect.program, width), dialect);
  await options.stdout.write(new TextEncoder().encode(text));
  return 0;
}

async function report(error: unknown, options: CliOptions, state: State): Promise<number> {
  const { failureLines, toFerryError } = await import("./exit.ts");
  const failure: FerryError = toFerryError(error);
  const { program } = dialectOf(options.argv0);
  const lines = failureLines(failure, { ...state, program, now: options.clock.now() });
  for (const line of lines) writeText(options.stderr, `${line}\n`);
  return failure.exit;
}

/** A guess for failures that come before the flags are read. */
function asksForJsonLogs(args: readonly string[]): boolean {
  return /(^| )--(log-format|logopt)[= ]json( |$)/.test(args.join(" "));
}
