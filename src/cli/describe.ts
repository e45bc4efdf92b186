/**
 * Flags and commands in words, the same in help and in the documentation.
 *
 * @module
 */
import type { FlagSpec } from "../plugin.ts";
import type { Flags } from "./global_flags.ts";

/** A flag with what stands for its value: `--limit count`, `--color[=when]`, `--force`. */
export function flagUsage(name: string, flag: FlagSpec): string {
  if (flag.type === "boolean") return `--${name}`;
  return flag.bare === undefined ? `--${name} ${valueName(flag)}` : `--${name}[=${valueName(flag)}]`;
}

/** What a flag does, with its choices, its default and its other names. */
export function flagSummary(flag: FlagSpec): string {
  const notes = [
    ...(flag.choices === undefined ? [] : [`one of ${flag.choices.join(", ")}`]),
    ...(flag.repeated === true ? ["may be repeated"] : []),
    ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
    ...(flag.aliases === undefined ? [] : [`also ${flag.aliases.map((name) => `--${name}`).join(", ")}`]),
  ];
  return notes.length === 0 ? flag.summary : `${flag.summary} (${notes.join("; ")})`;
}

/** The flags that help shows, by name, without those that `hiding` has as well. */
export function shownFlags(flags: Flags, hiding: Flags = {}): [name: string, flag: FlagSpec][] {
  return Object.entries(flags)
    .filter(([name, flag]) => flag.hidden !== true && !(name in hiding))
    .sort(([a], [b]) => a < b ? -1 : 1);
}

function valueName(flag: FlagSpec): string {
  return flag.placeholder ?? (flag.choices === undefined ? flag.type : "choice");
}
