import { type CommandResult, type Context, FerryError, type InputOf, parseDuration } from "../../src/mod.ts";
import { parseMemory } from "./file/memory.ts";
import type { ScriptLimits } from "./file/types.ts";
import type { run } from "./mod.ts";
import { createActionLimit } from "./run/action_limit.ts";
import { Changes } from "./run/changes.ts";
import { lazyLua } from "./run/lazy_lua.ts";
import { printingResult } from "./run/printing.ts";
import { readSource } from "./run/read_source.ts";
import { runScript } from "./run/run_script.ts";

/** Handler of `bot run`. */
export default async function runFile(context: Context, { args, flags }: InputOf<typeof run>): Promise<CommandResult> {
  const limits = limitsOf(flags);
  const lua = lazyLua();
  // It is compiled while the script is read; whether that failed is seen when it is asked for.
  lua().catch(() => {});
  const source = await readSource(context, args.file);
  const name = args.file === "-" ? "stdin" : args.file.replace(/^.*[/\\]/s, "");
  const dryRun = flags["dry-run"] === true;
  const own = { context, dryRun, actions: createActionLimit(8), changes: new Changes(), lua };
  // A script that comes by standard input has read all of it.
  const shared = args.file === "-" ? own : { ...own, input: inputOf(context) };
  return printingResult(
    context,
    (out, signal) => runScript({ name, source, limits, args: args.args }, { ...shared, out }, signal),
  );
}

/** Standard input, opened when a script reads it. */
function inputOf(context: Context): () => Promise<Uint8Array | undefined> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return async () => (await (reader ??= context.stdin.getReader()).read()).value;
}

/** Flags that say what a script may use. */
export interface LimitFlags {
  readonly timeout: string | undefined;
  readonly memory: string | undefined;
  readonly env: readonly string[];
  readonly "unsafe-lua": boolean | undefined;
  readonly "read-ahead": boolean;
}

/**
 * What a script may use.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function limitsOf(flags: LimitFlags): ScriptLimits {
  const timeout = flags.timeout === undefined ? undefined : parseDuration(flags.timeout);
  if (flags.timeout !== undefined && (timeout === undefined || timeout <= 0)) {
    throw invalid("timeout", flags.timeout, "use a duration such as 10m");
  }
  const memory = flags.memory === undefined ? undefined : parseMemory(flags.memory);
  if (flags.memory !== undefined && memory === undefined) {
    throw invalid("memory", flags.memory, "use a size such as 64MiB, 17MiB at least");
  }
  return {
    sandbox: flags["unsafe-lua"] !== true,
    env: flags.env,
    readAhead: flags["read-ahead"],
    ...(timeout === undefined ? {} : { timeout }),
    ...(memory === undefined ? {} : { memory }),
  };
}

function invalid(flag: string, value: string, hint: string): FerryError {
  return new FerryError("FLAG_INVALID", `Flag "--${flag}" cannot be "${value}"`, { hint });
}
