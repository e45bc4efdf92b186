/**
 * What stands at the cursor of a command line: a name, a flag or a value.
 *
 * @module
 */
import type { FlagSpec, PluginEntry } from "../../plugin.ts";
import type { UserPlugins } from "../../user_plugin/types.ts";
import { type Dialect, wordsOf } from "../dialect.ts";
import { findCommand, flagsOfVerbs, type Found } from "../find.ts";
import { type Flags, GLOBAL_FLAGS, withGlobalFlags } from "../global_flags.ts";
import { flagLookup, isFlag, readFlag } from "../words.ts";

/** What is to be completed. */
export type Cursor =
  | {
    /** A noun, a verb or an argument. */
    readonly kind: "word";
  }
  | {
    /** The name of a flag. */
    readonly kind: "flag";
  }
  | {
    /** The value of a flag. */
    readonly kind: "value";
    readonly flag: FlagSpec;
    /** What is typed of it. */
    readonly text: string;
    /** What goes before every candidate: the flag's letter, where the value is in the same word without a `=`. */
    readonly prefix: string;
  }
  | {
    /** Something that nobody knows: the value of an unknown flag. */
    readonly kind: "unknown";
  };

/** A command line up to the cursor. */
export interface Line {
  /** What was found of noun and verb. */
  readonly found: Found;
  /** Flags that may stand here. */
  readonly flags: Flags;
  /** Arguments before the cursor; of a noun and a verb none. */
  readonly args: readonly string[];
  /** Values of the flags before the cursor, by the flag's own name. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** What is to be completed. */
  readonly cursor: Cursor;
  /** The word at the cursor. */
  readonly current: string;
}

/**
 * Reads the words before the cursor and the one at it, which is "" behind a blank.
 *
 * @throws {FerryError} COMMAND_UNKNOWN
 */
export async function readLine(
  words: readonly string[],
  entries: readonly PluginEntry[],
  dialect: Dialect,
  others?: UserPlugins,
): Promise<Line> {
  const current = words.at(-1) ?? "";
  const before = wordsOf(words.slice(0, -1), dialect);
  const found = await findCommand(before, entries, others);
  switch (found.kind) {
    case "root":
      return { found, flags: GLOBAL_FLAGS, current, ...scan(before, current, GLOBAL_FLAGS), args: [] };
    case "noun": {
      const flags = flagsOfVerbs(found.plugin);
      return { found, flags, current, ...scan(before, current, flags), args: [] };
    }
    case "command": {
      const flags = withGlobalFlags(found.command.spec.flags ?? {});
      return { found, flags, current, ...scan(found.words, current, flags) };
    }
  }
}

function scan(before: readonly string[], current: string, flags: Flags): Pick<Line, "args" | "given" | "cursor"> {
  const lookup = flagLookup(flags);
  const words = [...before, current];
  const args: string[] = [];
  const given = new Map<string, string[]>();
  for (let at = 0; at < before.length;) {
    if (words[at] === "--") {
      return { args: [...args, ...before.slice(at + 1)], given, cursor: { kind: "word" } };
    }
    if (!isFlag(words[at]!)) {
      args.push(words[at++]!);
      continue;
    }
    const read = readFlag(words, at, lookup);
    at += read.taken;
    if (at > before.length) return { args, given, cursor: valueAt(read.words, flags, current) };
    for (const word of read.words) {
      const { name, value } = parts(word);
      given.set(name, [...(given.get(name) ?? []), value]);
    }
  }
  return { args, given, cursor: cursorIn(current, flags) };
}

/** The cursor in a word that is no value of a flag before it. */
function cursorIn(current: string, flags: Flags): Cursor {
  if (!isFlag(current)) return { kind: current === "-" ? "flag" : "word" };
  const { words } = readFlag([current], 0, flagLookup(flags));
  const equals = current.indexOf("=");
  if (equals >= 0) return valueAt(words, flags, current.slice(equals + 1));
  if (current.startsWith("--") || current.length === 2) return { kind: "flag" };
  const { value } = parts(words.at(-1) ?? "");
  const text = current.endsWith(value) ? value : "";
  return text === "" ? { kind: "unknown" } : valueAt(words, flags, text, current.slice(0, -text.length));
}

/** The value of the last flag of `words`, which have the form `--name=value`. */
function valueAt(words: readonly string[], flags: Flags, text: string, prefix = ""): Cursor {
  const { name } = parts(words.at(-1) ?? "");
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  return flag === undefined ? { kind: "unknown" } : { kind: "value", flag, text, prefix };
}

function parts(word: string): { readonly name: string; readonly value: string } {
  const equals = word.indexOf("=");
  return equals < 0
    ? { name: word.slice(2), value: "" }
    : { name: word.slice(2, equals), value: word.slice(equals + 1) };
}
