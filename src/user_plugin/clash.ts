/**
 * Refuses two plugins that want the same name.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { PluginEntry } from "../plugin.ts";
import type { PluginAdds } from "./record.ts";

/** A plugin with what it adds. */
export interface Named {
  /** Its name. */
  readonly name: string;
  /** What it adds. */
  readonly adds: PluginAdds;
}

/**
 * Checks one plugin against those that come with the program and those that are there already.
 *
 * @throws {FerryError} PLUGIN_INVALID with the name that both want
 */
export async function checkClashes(
  one: Named,
  others: readonly Named[],
  builtIn: readonly PluginEntry[],
): Promise<void> {
  const refuse = (what: string, whose: string, hint = "disable one of them: plugin disable NAME") =>
    new FerryError("PLUGIN_INVALID", `Plugin "${one.name}" clashes with ${whose}: both have ${what}`, { hint });
  const ours = builtIn.flatMap(({ aliases, name }) => [name, ...(aliases ?? [])]);
  for (const noun of nounsOf(one)) {
    if (ours.includes(noun) || noun === "help") {
      throw refuse(`the noun "${noun}"`, "this program", "give its noun another name");
    }
    const other = others.find((other) => nounsOf(other).includes(noun));
    if (other !== undefined) throw refuse(`the noun "${noun}"`, `plugin "${other.name}"`);
  }
  for (const { aliases, noun, replaces, verb } of one.adds.verbs) {
    const own = await ownVerbs(noun, others, builtIn);
    if (own === undefined) {
      throw new FerryError("PLUGIN_INVALID", `Plugin "${one.name}" adds a verb to "${noun}", which is no noun`);
    }
    const taken = [verb, ...aliases].find((name) => own.includes(name));
    if (taken !== undefined && !(replaces && own.includes(verb))) {
      throw refuse(
        `the verb "${noun} ${taken}"`,
        "this program",
        "a plugin that means to take its place says replaces: true",
      );
    }
    const other = others.find(({ adds }) =>
      adds.verbs.some((their) =>
        their.noun === noun && [their.verb, ...their.aliases].some((name) => name === verb || aliases.includes(name))
      )
    );
    if (other !== undefined) throw refuse(`the verb "${noun} ${verb}"`, `plugin "${other.name}"`);
  }
  for (
    const [what, key] of [["scheme", "schemes"], ["template function", "templateFunctions"], [
      "Lua global",
      "luaGlobals",
    ]] as const
  ) {
    for (const name of one.adds[key]) {
      const other = others.find(({ adds }) => adds[key].includes(name));
      if (other !== undefined) throw refuse(`the ${what} "${name}"`, `plugin "${other.name}"`);
    }
  }
}

function nounsOf({ adds, name }: Named): readonly string[] {
  return adds.noun === undefined ? [] : [name, ...adds.noun.aliases];
}

/** Verbs that a noun has by itself, with their other names. */
async function ownVerbs(
  noun: string,
  others: readonly Named[],
  builtIn: readonly PluginEntry[],
): Promise<readonly string[] | undefined> {
  const entry = builtIn.find(({ name }) => name === noun);
  if (entry !== undefined) {
    const { commands } = (await entry.load()).default;
    return Object.entries(commands).flatMap(([verb, { spec }]) => [verb, ...(spec.aliases ?? [])]);
  }
  return others.find((other) => nounsOf(other).includes(noun))?.adds.noun?.verbs;
}
