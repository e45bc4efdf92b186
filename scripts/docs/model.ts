/**
 * What is documented: the commands that help shows, from their own data.
 *
 * @module
 */
import { plugins } from "../../plugins/mod.ts";
import type { CommandSpec, Plugin } from "../../src/plugin.ts";

/** Name of the program in the documentation. */
export const PROGRAM = "ferry";

/** A noun with its commands. */
export interface Noun {
  /** Title of its group. */
  readonly group: string;
  /** Its data. */
  readonly plugin: Plugin;
  /** Commands in the order of help; one named after the noun alone comes first. */
  readonly commands: readonly DocumentedCommand[];
}

/** A command. */
export interface DocumentedCommand {
  /** With the program: `ferry tag ls`. */
  readonly name: string;
  /** The noun. */
  readonly plugin: Plugin;
  /** The verb, "" for the noun itself. */
  readonly verb: string;
  /** Its data. */
  readonly spec: CommandSpec;
}

/** Loads every noun that help shows. */
export async function loadNouns(): Promise<Noun[]> {
  const shown = plugins.filter((entry) => entry.hidden !== true);
  return await Promise.all(shown.map(async ({ group = "Commands", load }) => {
    const { default: plugin } = await load();
    const commands = Object.entries(plugin.commands)
      .filter(([, { spec }]) => spec.hidden !== true)
      .map(([verb, { spec }]) => ({ name: [PROGRAM, plugin.name, verb].join(" ").trimEnd(), plugin, verb, spec }))
      .sort((a, b) => Number(b.verb === "") - Number(a.verb === ""));
    return { group, plugin, commands };
  }));
}

/** The nouns of each group, in the order of help. */
export function byGroup(nouns: readonly Noun[]): [group: string, nouns: readonly Noun[]][] {
  const groups = new Set(nouns.map(({ group }) => group));
  return [...groups].map((group) => [group, nouns.filter((noun) => noun.group === group)]);
}
