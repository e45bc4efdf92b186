/**
 * Finds what a command line asks for: the noun, loading only its plugin, then the verb.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Command, FlagSpec, Plugin, PluginEntry } from "../plugin.ts";
import type { UserPlugins } from "../user_plugin/types.ts";
import { EVERYWHERE } from "./dialect.ts";
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
 * Finds the command that `words` ask for. `others` are plugins that are looked through where none of `entries` has the noun, and for
 * what they add to it.
 *
 * @throws {FerryError} COMMAND_UNKNOWN, with the nearest name as hint
 */
export async function findCommand(
  words: readonly string[],
  entries: readonly PluginEntry[],
  others?: UserPlugins,
): Promise<Found> {
  const global = flagLookup(GLOBAL_FLAGS);
  const at = argumentPlaces(words, global).next().value;
  if (at === undefined) return { kind: "root" };
  const rest = words.toSpliced(at, 1);
  const typed = words[at]!;
  const entry = await findNoun(typed, entries, others);
  if (entry !== undefined) return await findVerb(rest, at, entry, false, others);
  if (typed !== "help") throw await unknownNoun(typed, entries, others);
  const next = argumentPlaces(rest, global).next().value;
  if (next === undefined) return { kind: "root" };
  const topic = rest[next]!;
  const helped = await findNoun(topic, entries, others);
  if (helped === undefined) throw await unknownNoun(topic, entries, others);
  return await findVerb(rest.toSpliced(next, 1), next, helped, true, others);
}

async function findNoun(
  typed: string,
  entries: readonly PluginEntry[],
  others: UserPlugins | undefined,
): Promise<PluginEntry | undefined> {
  const isNamed = ({ aliases, name }: PluginEntry) => name === typed || aliases?.includes(typed) === true;
  const entry = entries.find(isNamed);
  return entry !== undefined || typed === "help" ? entry : (await others?.nouns())?.find(isNamed);
}

/** The plugin with the verbs that others add to its noun, loading those alone that the words may ask for. */
async function withAddedVerbs(plugin: Plugin, words: readonly string[], others: UserPlugins): Promise<Plugin> {
  const names = Object.entries(plugin.commands).flatMap(([verb, { spec }]) => [verb, ...(spec.aliases ?? [])]);
  const unknown = !words.some((word) => names.includes(word));
  const commands: Record<string, Command> = { ...plugin.commands };
  for (const { aliases, load, verb } of await others.verbs(plugin.name, unknown)) {
    const wanted = words.some((word) => word === verb || aliases.includes(word));
    const command = wanted || unknown ? await load(wanted) : undefined;
    if (command !== undefined) commands[verb] = command;
  }
  return { ...plugin, commands };
}

async function findVerb(
  words: readonly string[],
  from: number,
  entry: PluginEntry,
  help: boolean,
  others: UserPlugins | undefined,
): Promise<Found> {
  const own = (await entry.load()).default;
  const plugin = others === undefined || EVERYWHERE.has(own.name) ? own : await withAddedVerbs(own, words, others);
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

async function unknownNoun(
  typed: string,
  entries: readonly PluginEntry[],
  others: UserPlugins | undefined,
): Promise<FerryError> {
  const names = [...entries, ...(await others?.nouns() ?? [])].filter((entry) => entry.hidden !== true).flatMap((
    entry,
  ) => [
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
