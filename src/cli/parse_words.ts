/**
 * Command line words become raw values of flags and arguments.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Flags } from "./global_flags.ts";
import { suggestion } from "./nearest.ts";
import { flagLookup, isFlag, plainWords } from "./words.ts";

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
  const args: string[] = [];
  const plain = plainWords(words, flagLookup(flags));
  // A value of `--` stands behind a `=` by now.
  const end = plain.includes("--") ? plain.indexOf("--") : plain.length;
  for (const word of plain.slice(0, end)) {
    if (!isFlag(word)) {
      args.push(word);
      continue;
    }
    const [, name = "", value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (!Object.hasOwn(flags, name)) throw unknownFlag(word, flags);
    if (value === undefined) throw missingValue(name, flags);
    values.set(name, [...(values.get(name) ?? []), value]);
    given.push([name, value]);
  }
  return { args: [...args, ...plain.slice(end + 1)], values, given };
}

function unknownFlag(word: string, flags: Flags): FerryError {
  const name = word.replace(/=.*$/s, "");
  const shown = name.startsWith("--") ? name : name.slice(0, 2);
  const known = Object.keys(flags).filter((flag) => flags[flag]!.hidden !== true);
  return new FerryError("FLAG_UNKNOWN", `Unknown flag "${shown}"`, {
    hint: suggestion(name.replace(/^-+/, ""), known, "see the flags of this command with --help", "--"),
  });
}

function missingValue(name: string, flags: Flags): FerryError {
  return new FerryError("FLAG_INVALID", `Flag "--${name}" needs a value`, {
    hint: `write --${name}=${flags[name]?.placeholder ?? "value"}`,
  });
}
