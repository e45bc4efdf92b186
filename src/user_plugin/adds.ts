/**
 * What a plugin adds, by name.
 *
 * @module
 */
import type { Plugin } from "../plugin.ts";
import type { PluginAdds } from "./record.ts";

/** What a loaded plugin adds. */
export function addsOf(plugin: Plugin): PluginAdds {
  const verbs = Object.keys(plugin.commands);
  return {
    ...(verbs.length === 0 ? {} : { noun: { aliases: plugin.aliases ?? [], verbs } }),
    verbs: Object.entries(plugin.verbs ?? {}).flatMap(([noun, commands]) =>
      Object.entries(commands).map(([verb, { replaces, spec }]) => ({
        noun,
        verb,
        aliases: spec.aliases ?? [],
        replaces: replaces === true,
      }))
    ),
    schemes: Object.keys(plugin.transports ?? {}),
    copyHook: plugin.copyHook !== undefined,
    writeHook: plugin.writeHook !== undefined,
    templateFunctions: Object.keys(plugin.templateFunctions ?? {}),
    luaGlobals: Object.keys(plugin.luaGlobals ?? {}),
  };
}

/** What a plugin adds in words, one a thing: `noun mine (ls, get)`, `verb image lint`, `copy hook`. */
export function addsWords(name: string, adds: PluginAdds): string[] {
  const { copyHook, luaGlobals, noun, schemes, templateFunctions, verbs, writeHook } = adds;
  const named = noun?.verbs.filter((verb) => verb !== "") ?? [];
  return [
    ...(noun === undefined ? [] : [`noun ${name}${named.length === 0 ? "" : ` (${named.join(", ")})`}`]),
    ...verbs.map(({ noun, replaces, verb }) => `verb ${noun} ${verb}${replaces ? " (replaces)" : ""}`),
    ...schemes.map((scheme) => `transport ${scheme}://`),
    ...(copyHook ? ["copy hook"] : []),
    ...(writeHook ? ["write hook"] : []),
    ...templateFunctions.map((name) => `template function ${name}`),
    ...luaGlobals.map((name) => `Lua global ${name}`),
  ];
}
