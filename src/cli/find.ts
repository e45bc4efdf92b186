/**
 * Finds what a command line asks for: the noun, loading only its plugin, then the verb.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Command, FlagSpec, Plugin, PluginEntry } from "../plugin.ts";
import { GLOBAL_FLAGS } from "./global_flags.ts";
import { suggestion } from "./nearest.ts";
import { argumentPlaces, flagLookup } from "./words.ts";

/** What was found on a command line. */
export type Found =
  | {
    /** Help on the whole program. */
    readonly kind: "root";
  }
  | {
    /** Help on a noun with its verbs. */
    readonly kind: "noun";
    readonly plugin: Plugin;
  }
  | {
    /** A command to run. */
    readonly kind: "command";
    readonly plugin: Plugin;
    /** Its verb, "" for the noun itself. */
    readonly verb: string;
    readonly command: Command;
    /** The words without noun and verb. */
    readonly words: readonly string[];
    /** True for `help noun verb`. */
    readonly help: boolean;
  };

/**
 * Finds the command that `words` ask for.
 *
 * @throws {FerryError} COMMAND_UNKNOWN, with the nearest name as hint
 */
export async function findCommand(words: readonly string[], entries: readonly PluginEntry[]): Promise<Found> {
  const global = flagLookup(GLOBAL_FLAGS);
  const at = argumentPlaces(words, global).next().value;
  if (at === undefined) return { kind: "root" };
  const rest = words.toSpliced(at, 1);
  const typed = words[at]!;
  const entry = entries.find((entry) => entry.name === typed || entry.aliases?.includes(typed));
  if (entry !== undefined) return await findVerb(rest, at, entry, false);
  if (typed !== "help") throw unknownNoun(typed, entries);
  const next = argumentPlaces(rest, global).next().value;
  if (next === undefined) return { kind: "root" };
  const topic = rest[next]!;
  const helped = entries.find((entry) => entry.name === topic || entry.aliases?.includes(topic));
  if (helped === undefined) throw unknownNoun(topic, entries);
  return await findVerb(rest.toSpliced(next, 1), next, helped, true);
}

async function findVerb(words: readonly string[], from: number, entry: PluginEntry, help: boolean): Promise<Found> {
  const plugin = (await entry.load()).default;
  const alone = plugin.commands[""];
  const at = argumentPlaces(words, flagLookup(flagsOfVerbs(plugin)), from).next().value;
  const typed = at === undefined ? "" : words[at]!;
  for (const [verb, command] of Object.entries(plugin.commands)) {
    if (at !== undefined && verb !== "" && (verb === typed || command.spec.aliases?.includes(typed))) {
      return { kind: "command", plugin, verb, command, words: words.toSpliced(at, 1), help };
    }
  }
  if (alone !== undefined) return { kind: "command", plugin, verb: "", command: alone, words, help };
  if (at === undefined) return { kind: "noun", plugin };
  throw new FerryError("COMMAND_UNKNOWN", `Unknown command "${plugin.name} ${typed}"`, {
    hint: suggestion(
      typed,
      verbNames(plugin),
      `the commands of ${plugin.name} are ${visibleVerbs(plugin).join(", ")}`,
      `${plugin.name} `,
    ),
  });
}

/** All flags that may stand before the verb: those of every verb of the noun, and the global ones. */
export function flagsOfVerbs(plugin: Plugin): Record<string, FlagSpec> {
  const flags: Record<string, FlagSpec> = {};
  for (const command of Object.values(plugin.commands)) Object.assign(flags, command.spec.flags);
  return { ...flags, ...GLOBAL_FLAGS };
}

function unknownNoun(typed: string, entries: readonly PluginEntry[]): FerryError {
  const names = entries.filter((entry) => entry.hidden !== true).flatMap((entry) => [
    entry.name,
    ...(entry.aliases ?? []),
  ]);
  return new FerryError("COMMAND_UNKNOWN", `Unknown command "${typed}"`, {
    hint: suggestion(typed, [...names, "help"], "see the commands with help"),
  });
}

function verbNames(plugin: Plugin): string[] {
  return visibleVerbs(plugin).flatMap((verb) => [verb, ...(plugin.commands[verb]!.spec.aliases ?? [])]);
}

function visibleVerbs(plugin: Plugin): string[] {
  return Object.keys(plugin.commands).filter((verb) => plugin.commands[verb]!.spec.hidden !== true);
}
