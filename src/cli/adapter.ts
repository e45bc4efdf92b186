/**
 * The one file that knows the parser library (commander): command line words become raw values of flags and arguments.
 *
 * @module
 */
import { Command, CommanderError, Option } from "commander";
import { FerryError } from "../errors.ts";
import type { Flags } from "./global_flags.ts";
import { suggestion } from "./nearest.ts";
import { flagLookup, plainWords } from "./words.ts";

/** A command line taken apart; values are not checked yet. */
export interface ParsedWords {
  /** Arguments in order. */
  readonly args: readonly string[];
  /** Values of each flag that was given, in order, by the flag's own name. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Every flag as it was given, in the order of the command line. */
  readonly given: readonly (readonly [name: string, value: string])[];
}

/**
 * Takes the words behind a command's name apart.
 *
 * @throws {FerryError} FLAG_UNKNOWN, FLAG_INVALID when a value is missing
 */
export function parseWords(words: readonly string[], flags: Flags): ParsedWords {
  const values = new Map<string, string[]>();
  const given: [string, string][] = [];
  const command = new Command()
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const name of Object.keys(flags)) {
    // Switches have a value here as well: plainWords writes `--switch` as `--switch=true`.
    command.addOption(
      new Option(`--${name} <value>`).argParser((value: string) => {
        values.set(name, [...(values.get(name) ?? []), value]);
        given.push([name, value]);
        return value;
      }),
    );
  }
  try {
    const { operands, unknown } = command.parseOptions(plainWords(words, flagLookup(flags)));
    if (unknown[0] !== undefined) throw unknownFlag(unknown[0], flags);
    return { args: operands, values, given };
  } catch (error) {
    if (error instanceof CommanderError) throw missingValue(error, flags);
    throw error;
  }
}

function unknownFlag(word: string, flags: Flags): FerryError {
  const name = word.replace(/=.*$/s, "");
  const shown = name.startsWith("--") ? name : name.slice(0, 2);
  const known = Object.keys(flags).filter((flag) => flags[flag]!.hidden !== true);
  return new FerryError("FLAG_UNKNOWN", `Unknown flag "${shown}"`, {
    hint: suggestion(name.replace(/^-+/, ""), known, "see the flags of this command with --help", "--"),
  });
}

function missingValue(error: CommanderError, flags: Flags): FerryError {
  const name = /--([^ ]+) </.exec(error.message)?.[1] ?? "";
  return new FerryError("FLAG_INVALID", `Flag "--${name}" needs a value`, {
    hint: `write --${name}=${flags[name]?.placeholder ?? "value"}`,
    cause: error,
  });
}
