/**
 * Names that completion offers: nouns, verbs and flags, in the order in which help shows them.
 *
 * @module
 */
import type { Plugin, PluginEntry } from "../../plugin.ts";
import { flagSummary } from "../describe.ts";
import type { Flags } from "../global_flags.ts";
import type { Answer } from "./answer.ts";

interface Named {
  readonly name: string;
  readonly summary: string;
  readonly aliases?: readonly string[] | undefined;
}

/** Offers nouns. */
export function offerNouns(entries: readonly PluginEntry[], begun: string, answer: Answer): void {
  const shown: Named[] = entries.filter((entry) => entry.hidden !== true);
  offer([...shown, { name: "help", summary: "Show help on a command" }], begun, answer);
}

/** Offers the verbs of a noun. */
export function offerVerbs(plugin: Plugin, begun: string, answer: Answer): void {
  const shown = Object.entries(plugin.commands).filter(([verb, { spec }]) => verb !== "" && spec.hidden !== true);
  offer(
    shown.map(([name, { spec }]) => ({ name, summary: spec.summary, aliases: spec.aliases })),
    begun,
    answer,
  );
}

/** Offers flags that may still be given; letters as well where no name is begun. */
export function offerFlags(flags: Flags, given: ReadonlyMap<string, unknown>, begun: string, answer: Answer): void {
  const shown = Object.entries(flags)
    .filter(([name, flag]) => flag.hidden !== true && (flag.repeated === true || !given.has(name)))
    .sort(([a], [b]) => a < b ? -1 : 1);
  for (const [name, flag] of shown) {
    if (`--${name}`.startsWith(begun)) answer.add(`--${name}`, flagSummary(flag));
  }
  if (begun.startsWith("--")) return;
  for (const [, flag] of shown) {
    if (flag.short !== undefined && `-${flag.short}`.startsWith(begun)) answer.add(`-${flag.short}`, flagSummary(flag));
  }
}

/** Other names are offered only where nothing goes by its own: they are for those who know them. */
function offer(named: readonly Named[], begun: string, answer: Answer): void {
  for (const { name, summary } of named) if (name.startsWith(begun)) answer.add(name, summary);
  if (!answer.isEmpty) return;
  for (const { aliases, summary } of named) {
    for (const alias of aliases ?? []) if (alias.startsWith(begun)) answer.add(alias, summary);
  }
}
