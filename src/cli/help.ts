/**
 * Help, made from the data of commands: usage, examples, then the rest.
 *
 * @module
 */
import type { ArgSpec, CommandSpec, ExampleSpec, Plugin, PluginEntry } from "../plugin.ts";
import { flagSummary, flagUsage, shownFlags } from "./describe.ts";
import type { Found } from "./find.ts";
import { type Flags, GLOBAL_FLAGS } from "./global_flags.ts";
import { usage } from "./values.ts";
import { wrap, wrapParagraphs } from "./wrap.ts";

const ROOT_EXAMPLES: readonly ExampleSpec[] = [
  { command: "image copy alpine:3 registry.example.org/alpine:3", does: "copy an image with all its platforms" },
  { command: "tag ls ghcr.io/org/app", does: "list the tags of a repository" },
  { command: "image copy --platform linux/arm64 alpine:3 ocidir://alpine:3", does: "save one platform in a folder" },
  { command: "registry login ghcr.io", does: "store a user name and password" },
];

/** Columns that a summary starts behind at most; longer names put it on the next line. */
const NAME_COLUMNS = 30;

/** Width of lines where nothing else is known, and what is wide enough for names and summaries side by side. */
const DEFAULT_WIDTH = 80;
const MIN_WIDTH = 60;

/** Title of commands that are in no group. */
const NO_GROUP = "Commands";

/** How help is laid out. */
interface Page {
  /** Name of the program. */
  readonly program: string;
  /** Characters of a line; only command lines may be longer. */
  readonly width: number;
}

/** The help text for what was found on the command line, in lines of `width` characters. */
export function helpText(
  found: Found,
  entries: readonly PluginEntry[],
  program: string,
  width: number = DEFAULT_WIDTH,
): string {
  const page = { program, width: Math.max(width, MIN_WIDTH) };
  switch (found.kind) {
    case "root":
      return rootHelp(entries, page);
    case "noun":
      return nounHelp(found.plugin, page);
    case "command":
      return commandHelp(found.plugin, found.verb, found.command.spec, page);
  }
}

function rootHelp(entries: readonly PluginEntry[], page: Page): string {
  const { program } = page;
  const shown = entries.filter((entry) => entry.hidden !== true);
  const columns = columnsOf(shown.map(({ name }) => name));
  const groups = new Set(shown.map(groupOf));
  return sections([
    wrapParagraphs(
      `${program} works with images and other artifacts in OCI registries and OCI image layouts`,
      page.width,
    ),
    `Usage: ${program} <command> [arguments] [flags]`,
    examples(ROOT_EXAMPLES, program),
    ...[...groups].map((group) => {
      const rows = shown.filter((entry) => groupOf(entry) === group).map(({ name, summary }) =>
        [name, summary] as const
      );
      return section(group, table(rows, page, columns));
    }),
    section("Flags of every command", flagTable(GLOBAL_FLAGS, page)),
    `See "${program} <command> --help" for more on a command`,
  ]);
}

function groupOf(entry: PluginEntry): string {
  return entry.group ?? NO_GROUP;
}

function nounHelp(plugin: Plugin, page: Page): string {
  const { program } = page;
  const commands = Object.entries(plugin.commands).filter(([, command]) => command.spec.hidden !== true);
  return sections([
    plugin.summary,
    `Usage: ${program} ${plugin.name} <command> [arguments] [flags]`,
    examples(commands.flatMap(([, command]) => command.spec.examples?.slice(0, 1) ?? []), program),
    section("Commands", table(commands.map(([verb, command]) => [verb, command.spec.summary]), page)),
    aliases(plugin.aliases),
    `See "${program} ${plugin.name} <command> --help" for more on a command`,
  ]);
}

function commandHelp(plugin: Plugin, verb: string, spec: CommandSpec, page: Page): string {
  return sections([
    spec.summary,
    usageLine(plugin, verb, spec, page),
    examples(spec.examples ?? [], page.program),
    wrapParagraphs(spec.description ?? "", page.width),
    ...inputSections(plugin, verb, spec, page),
    section("Flags of every command", flagTable(GLOBAL_FLAGS, page, spec.flags ?? {})),
    aliases(verb === "" ? plugin.aliases : spec.aliases),
  ]);
}

/** What a command takes, as its help shows it, without the flags of every command. */
export function commandSynopsis(plugin: Plugin, verb: string, spec: CommandSpec, program: string): string {
  const page = { program, width: DEFAULT_WIDTH };
  return sections([usageLine(plugin, verb, spec, page), ...inputSections(plugin, verb, spec, page)]);
}

/** The flags of every command, as help shows them. */
export function globalFlagLines(): string[] {
  return flagTable(GLOBAL_FLAGS, { program: "", width: DEFAULT_WIDTH });
}

function usageLine(plugin: Plugin, verb: string, spec: CommandSpec, { program }: Page): string {
  const name = verb === "" ? plugin.name : `${plugin.name} ${verb}`;
  return `Usage: ${program} ${name}${usage(spec.args ?? [])} [flags]`;
}

function inputSections(plugin: Plugin, verb: string, spec: CommandSpec, page: Page): string[] {
  const args: readonly ArgSpec[] = spec.args ?? [];
  return [
    verb === "" ? section("Commands", otherVerbs(plugin, page)) : "",
    section("Arguments", table(args.map((arg) => [arg.name, arg.summary]), page)),
    section("Flags", flagTable(spec.flags ?? {}, page)),
  ];
}

/** The commands of a noun that is a command itself. */
function otherVerbs(plugin: Plugin, page: Page): string[] {
  const verbs = Object.entries(plugin.commands).filter(([verb, { spec }]) => verb !== "" && spec.hidden !== true);
  return table(verbs.map(([verb, { spec }]) => [`${plugin.name} ${verb}`, spec.summary]), page);
}

function sections(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n") + "\n";
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`${title}:`, ...lines].join("\n");
}

function examples(specs: readonly ExampleSpec[], program: string): string {
  return section("Examples", specs.flatMap(({ command, does }) => [`  # ${does}`, `  ${program} ${command}`]));
}

function aliases(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0 ? "" : `Also called: ${names.join(", ")}`;
}

type TableRow = readonly [name: string, summary: string];

function table(rows: readonly TableRow[], page: Page, columns = columnsOf(rows.map(([name]) => name))): string[] {
  const indent = " ".repeat(columns + 4);
  return rows.flatMap(([name, summary]) => {
    const [first = "", ...more] = wrap(summary, page.width - indent.length);
    const begun = name.length > columns ? [`  ${name}`, indent + first] : [`  ${name.padEnd(columns)}  ${first}`];
    return [...begun, ...more.map((line) => indent + line)];
  });
}

function columnsOf(names: readonly string[]): number {
  return Math.min(NAME_COLUMNS, Math.max(0, ...names.map((name) => name.length)));
}

function flagTable(flags: Flags, page: Page, hiding: Flags = {}): string[] {
  const rows = shownFlags(flags, hiding).map(([name, flag]): TableRow => {
    const short = flag.short === undefined ? "    " : `-${flag.short}, `;
    return [short + flagUsage(name, flag), flagSummary(flag)];
  });
  return table(rows, page);
}
