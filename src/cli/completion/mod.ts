/**
 * Completion: what may stand at the cursor of a command line. Scripts of shells ask with the hidden command `__complete`, in
 * cobra's form. It answers in time with what it knows by then, and never fails, prompts or explains.
 *
 * @module
 */
import { parseDuration } from "../../config/duration.ts";
import type { UserPlugins } from "../../user_plugin/types.ts";
import { type OpenContext, openContext } from "../context.ts";
import { type Dialect, EVERYWHERE } from "../dialect.ts";
import { givenPlugins } from "../given_plugins.ts";
import type { CliOptions } from "../run.ts";
import { Answer } from "./answer.ts";
import { type Line, readLine } from "./line.ts";
import { offerFlags, offerNouns, offerVerbs } from "./names.ts";

/** Hidden command that asks for candidates with descriptions. */
export const COMPLETE = "__complete";

/** Milliseconds that finding candidates may take; with the start of the program a quarter of a second. */
const BUDGET = 200;

/** Variable with another budget, a duration: a registry far away needs more. */
const BUDGET_VARIABLE = "FERRY_COMPLETION_TIMEOUT";

/** Answers `args`: the hidden command, the words before the cursor and the one at it. Always 0. */
export async function complete(options: CliOptions, dialect: Dialect): Promise<number> {
  const [command, ...words] = options.args;
  const answer = new Answer();
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const budget = parseDuration(options.env(BUDGET_VARIABLE) ?? "") || BUDGET;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, budget));
  await Promise.race([late, find(words, answer, options, dialect, stop.signal, budget).catch(() => {})]);
  clearTimeout(timer);
  const text = answer.format(command === COMPLETE);
  stop.abort();
  await options.stdout.write(new TextEncoder().encode(text));
  return 0;
}

async function find(
  words: readonly string[],
  answer: Answer,
  options: CliOptions,
  dialect: Dialect,
  signal: AbortSignal,
  budget: number,
): Promise<void> {
  const plugins = options.services.plugins({
    env: options.env,
    program: dialect.program,
    given: givenPlugins(words.slice(0, -1)),
    builtIn: options.plugins,
    warn: () => {},
  });
  try {
    await findWith(plugins, words, answer, options, dialect, signal, budget);
  } finally {
    await plugins.close();
  }
}

async function findWith(
  plugins: UserPlugins,
  words: readonly string[],
  answer: Answer,
  options: CliOptions,
  dialect: Dialect,
  signal: AbortSignal,
  budget: number,
): Promise<void> {
  const line = await readLine(words, options.plugins, dialect, plugins);
  const { cursor, current, found } = line;
  if (cursor.kind === "unknown") return;
  if (cursor.kind === "flag") return offerFlags(line.flags, line.given, current, answer);
  if (cursor.kind === "word") {
    if (found.kind === "root") return offerNouns([...options.plugins, ...await plugins.nouns()], current, answer);
    if (found.kind === "noun") {
      offerVerbs(found.plugin, current, answer);
      // A program for one noun has these beside the noun's verbs.
      const others = options.plugins.filter(({ name }) => dialect.noun !== undefined && EVERYWHERE.has(name));
      return others.length === 0 ? undefined : offerNouns(others, current, answer);
    }
    if (found.help) return;
    if (found.verb === "" && line.args.length === 0) offerVerbs(found.plugin, current, answer);
  }
  const opened: OpenContext[] = [];
  try {
    const { offerValue } = await import("./values.ts");
    const open = () => {
      const own = openQuietContext(line, options, dialect, signal, budget, plugins);
      opened.push(own);
      return own.context;
    };
    await offerValue(line, answer, open, signal);
  } finally {
    await Promise.all(opened.map((own) => own.close()));
  }
}

/** A context that tells nobody anything and asks nobody anything. */
function openQuietContext(
  line: Line,
  options: CliOptions,
  dialect: Dialect,
  signal: AbortSignal,
  budget: number,
  plugins: UserPlugins,
): OpenContext {
  const ignore = () => {};
  return openContext({
    services: options.services,
    plugins,
    program: dialect.program,
    log: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    clock: options.clock,
    env: options.env,
    hosts: line.given.get("host") ?? [],
    userAgent: undefined,
    signal,
    onCopyEvent: undefined,
    terminal: { ...options.terminal, isInteractive: () => false },
    // A helper that waits for a person is stopped before the program ends.
    helperTimeout: Math.max(budget - 20, 0),
  });
}
