/**
 * Help, made from the data of commands: usage, examples, then the rest.
 *
 * @module
 */
import type { ArgSpec, CommandSpec, ExampleSpec, FlagSpec, Plugin, PluginEntry } from "../plugin.ts";
import type { Found } from "./find.ts";
import { type Flags, GLOBAL_FLAGS } from "./global_flags.ts";
import { usage } from "./values.ts";

const ROOT_EXAMPLES: readonly ExampleSpec[] = [
  { command: "image copy alpine:3 registry.example.org/alpine:3", does: "copy an image with all its platforms" },
  { command: "tag ls ghcr.io/org/app", does: "list the tags of a repository" },
  { command: "image copy --platform linux/arm64 alpine:3 ocidir://alpine:3", does: "save one platform in a folder" },
  { command: "registry login ghcr.io", does: "store a user name and password" },
];

/** Columns that a summary starts behind at most; longer names put it on the next line. */
const NAME_COLUMNS = 30;

/** The help text for what was found on the command line. */
export function helpText(found: Found, entries: readonly PluginEntry[], program: string): string {
  switch (found.kind) {
    case "root":
      return rootHelp(entries, program);
    case "noun":
      return nounHelp(found.plugin, program);
    case "command":
      return commandHelp(found.plugin, found.verb, found.command.spec, program);
  }
}

function rootHelp(entries: readonly PluginEntry[], program: string): string {
  const shown = entries.filter((entry) => entry.hidden !== true);
  return sections([
    `${program} works with images and other artifacts in OCI registries and OCI image layouts`,
    `Usage: ${program} <command> [arguments] [flags]`,
    examples(ROOT_EXAMPLES, program),
    section("Commands", table(shown.map((entry) => [entry.name, entry.summary]))),
    section("Flags of every command", flagTable(GLOBAL_FLAGS)),
    `See "${program} <command> --help" for more on a command`,
  ]);
}

function nounHelp(plugin: Plugin, program: string): string {
  const commands = Object.entries(plugin.commands).filter(([, command]) => command.spec.hidden !== true);
  return sections([
    plugin.summary,
    `Usage: ${program} ${plugin.name} <command> [arguments] [flags]`,
    examples(commands.flatMap(([, command]) => command.spec.examples?.slice(0, 1) ?? []), program),
    section("Commands", table(commands.map(([verb, command]) => [verb, command.spec.summary]))),
    aliases(plugin.aliases),
    `See "${program} ${plugin.name} <command> --help" for more on a command`,
  ]);
}

function commandHelp(plugin: Plugin, verb: string, spec: CommandSpec, program: string): string {
  const args: readonly ArgSpec[] = spec.args ?? [];
  const flags: Flags = spec.flags ?? {};
  const name = verb === "" ? plugin.name : `${plugin.name} ${verb}`;
  return sections([
    spec.summary,
    `Usage: ${program} ${name}${usage(args)} [flags]`,
    examples(spec.examples ?? [], program),
    spec.description ?? "",
    section("Arguments", table(args.map((arg) => [arg.name, arg.summary]))),
    section("Flags", flagTable(flags)),
    section("Flags of every command", flagTable(GLOBAL_FLAGS, flags)),
    aliases(verb === "" ? plugin.aliases : spec.aliases),
  ]);
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

function table(rows: readonly (readonly [name: string, summary: string])[]): string[] {
  const width = Math.min(NAME_COLUMNS, Math.max(0, ...rows.map(([name]) => name.length)));
  return rows.map(([name, summary]) =>
    name.length > width ? `  ${name}\n  ${" ".repeat(width)}  ${summary}` : `  ${name.padEnd(width)}  ${summary}`
  );
}

function flagTable(flags: Flags, hiding: Flags = {}): string[] {
  const shown = Object.entries(flags).filter(([name, flag]) => flag.hidden !== true && !(name in hiding));
  return table(shown.sort(([a], [b]) => a < b ? -1 : 1).map(([name, flag]) => [flagName(name, flag), about(flag)]));
}

function flagName(name: string, flag: FlagSpec): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  const value = flag.type === "boolean"
    ? ""
    : flag.bare !== undefined
    ? `[=${valueName(flag)}]`
    : ` ${valueName(flag)}`;
  return `${short}--${name}${value}`;
}

function valueName(flag: FlagSpec): string {
  return flag.placeholder ?? (flag.choices === undefined ? flag.type : "choice");
}

function about(flag: FlagSpec): string {
  const notes = [
    ...(flag.choices === undefined ? [] : [`one of ${flag.choices.join(", ")}`]),
    ...(flag.repeated === true ? ["may be repeated"] : []),
    ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
  ];
  return notes.length === 0 ? flag.summary : `${flag.summary} (${notes.join("; ")})`;
}
