/**
 * Runs a program `ferry-NOUN` for a noun that nobody else has, as git does.
 *
 * @module
 */
import { FerryError, isFerryError } from "../errors.ts";
import type { UserPlugins } from "../user_plugin/types.ts";
import type { Dialect } from "./dialect.ts";
import { GLOBAL_FLAGS } from "./global_flags.ts";
import type { CliOptions } from "./run.ts";
import { argumentPlaces, flagLookup } from "./words.ts";

/**
 * Runs the program for the noun in `words` and gives its exit code; undefined where `error` is not that the noun is unknown, or where
 * there is no such program.
 *
 * @throws {FerryError} IO where it cannot be started
 */
export async function runProgram(
  error: unknown,
  words: readonly string[],
  options: CliOptions,
  dialect: Dialect,
  plugins: UserPlugins,
): Promise<number | undefined> {
  if (dialect.program !== "ferry" || !isFerryError(error, "COMMAND_UNKNOWN")) return undefined;
  const at = argumentPlaces(words, flagLookup(GLOBAL_FLAGS)).next().value;
  const noun = at === undefined ? undefined : words[at];
  if (noun === undefined || noun === "help") return undefined;
  if (options.plugins.some(({ aliases, name }) => name === noun || aliases?.includes(noun))) return undefined;
  const path = await plugins.program(noun);
  if (path === undefined) return undefined;
  let child: Deno.ChildProcess;
  try {
    const args = words.toSpliced(at!, 1);
    child = new Deno.Command(path, { args, stdin: "inherit", stdout: "inherit", stderr: "inherit" }).spawn();
  } catch (cause) {
    throw new FerryError("IO", `Program "${path}" could not be started`, { cause, hint: "see whether it may be run" });
  }
  // A terminal tells the program of Ctrl-C itself, and a second time would end many at once; this one waits for what it does about it.
  const hasTerminal = options.terminal.isInteractive() || options.stderr.isTerminal;
  const ignore = options.signals((name) => {
    if (name === "SIGINT" && hasTerminal) return;
    try {
      child.kill(name);
    } catch {
      // It has just ended by itself.
    }
  });
  try {
    return (await child.status).code;
  } finally {
    ignore();
  }
}
