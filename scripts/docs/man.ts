/**
 * Documentation as manual pages (groff_man(7)).
 *
 * @module
 */
import { flagSummary, flagUsage, shownFlags } from "../../src/cli/describe.ts";
import { type Flags, GLOBAL_FLAGS } from "../../src/cli/global_flags.ts";
import { usage } from "../../src/cli/values.ts";
import { isSetIn, paragraphs } from "../../src/cli/wrap.ts";
import type { ArgSpec, ExampleSpec } from "../../src/plugin.ts";
import { byGroup, type DocumentedCommand, type Noun, PROGRAM } from "./model.ts";
import { readmeTable } from "./readme.ts";

const NOTE = '.\\" Made by deno task docs.';

/** Pages by file name: the program, each noun, each command. */
export function manPages(nouns: readonly Noun[], readme: string): Map<string, string> {
  const pages = new Map([[`${PROGRAM}.1`, programPage(nouns, readme)]]);
  for (const noun of nouns) {
    for (const command of noun.commands) pages.set(`${pageName(command.name)}.1`, commandPage(noun, command));
    const name = `${PROGRAM} ${noun.plugin.name}`;
    if (!noun.commands.some((command) => command.verb === "")) pages.set(`${pageName(name)}.1`, nounPage(noun));
  }
  return pages;
}

function programPage(nouns: readonly Noun[], readme: string): string {
  const entry = (row: readonly string[]) => item(plain(row[0] ?? ""), plain(row[1] ?? ""));
  return page(PROGRAM, "work with images and other artifacts in OCI registries and layouts", [
    synopsis(PROGRAM, " <command> [arguments] [flags]"),
    section("COMMANDS", [
      ...byGroup(nouns).flatMap(([group, some]) => [
        `.SS ${escape(group)}`,
        ...some.flatMap(({ commands }) =>
          commands.map(({ name, spec }) => item(bold(name), `${escape(spec.summary)}. See ${seeAlso([name])}.`))
        ),
      ]),
    ]),
    section("OPTIONS OF EVERY COMMAND", flags(GLOBAL_FLAGS)),
    section("EXIT STATUS", readmeTable(readme, "Exit codes").map(entry)),
    section("ENVIRONMENT", readmeTable(readme, "Environment").map(entry)),
  ]);
}

function nounPage({ commands, plugin }: Noun): string {
  const name = `${PROGRAM} ${plugin.name}`;
  return page(name, plugin.summary, [
    synopsis(name, " <command> [arguments] [flags]"),
    examples(commands.flatMap(({ spec }) => spec.examples?.slice(0, 1) ?? [])),
    section("COMMANDS", commands.map((command) => item(bold(command.name), escape(`${command.spec.summary}.`)))),
    also(PROGRAM, plugin.aliases),
    section("SEE ALSO", [seeAlso([PROGRAM, ...commands.map((command) => command.name)])]),
  ]);
}

function commandPage({ commands, plugin }: Noun, { name, spec, verb }: DocumentedCommand): string {
  const args: readonly ArgSpec[] = spec.args ?? [];
  const others = commands.filter((command) => command.name !== name).map((command) => command.name);
  const noun = `${PROGRAM} ${plugin.name}`;
  return page(name, spec.summary, [
    synopsis(name, `${usage(args)} [flags]`),
    examples(spec.examples ?? []),
    section(
      "DESCRIPTION",
      paragraphs(spec.description ?? "").flatMap((part) => isSetIn(part) ? sample(part) : [".PP", escape(part)]),
    ),
    section("ARGUMENTS", args.map((arg) => item(italic(arg.name), escape(arg.summary)))),
    section("OPTIONS", flags(spec.flags ?? {})),
    verb === "" ? also(PROGRAM, plugin.aliases) : also(noun, spec.aliases),
    section("SEE ALSO", [
      `${seeAlso([PROGRAM, ...new Set([noun, ...others])].filter((other) => other !== name))}`,
      ".PP",
      `The options of every command, exit codes and environment variables are in ${seeAlso([PROGRAM])}.`,
    ]),
  ]);
}

function page(name: string, summary: string, parts: readonly string[]): string {
  const title = pageName(name);
  return [
    NOTE,
    `.TH ${escape(title.toUpperCase())} 1 "" "${PROGRAM}" "User Commands"`,
    ".SH NAME",
    `${escape(title)} \\- ${escape(summary)}`,
    ...parts.filter((part) => part !== ""),
  ].join("\n") + "\n";
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`.SH ${title}`, ...lines].join("\n");
}

function synopsis(name: string, rest: string): string {
  return section("SYNOPSIS", [`${bold(name)}${escape(rest)}`]);
}

function examples(specs: readonly ExampleSpec[]): string {
  return section(
    "EXAMPLES",
    specs.flatMap(({ command, does }) => [".PP", `${escape(sentence(does))}:`, ...sample(`${PROGRAM} ${command}`)]),
  );
}

function sample(text: string): string[] {
  return [".PP", ".RS 4", ".EX", ...text.split("\n").map((line) => escape(line.trim())), ".EE", ".RE"];
}

function flags(all: Flags): string[] {
  return shownFlags(all).map(([name, flag]) => {
    const [, words = "", value = ""] = /^([^ [=]*)(.*)$/.exec(flagUsage(name, flag)) ?? [];
    const short = flag.short === undefined ? "" : `${bold(`-${flag.short}`)}, `;
    return item(`${short}${bold(words)}${value === "" ? "" : italic(value)}`, escape(flagSummary(flag)));
  });
}

function also(before: string, names: readonly string[] = []): string {
  const list = names.map((name) => bold(`${before} ${name}`)).join(", ");
  return names.length === 0 ? "" : section("OTHER NAMES", [list]);
}

function item(term: string, text: string): string {
  return `.TP\n${term}\n${text}`;
}

function seeAlso(names: readonly string[]): string {
  return names.map((name) => `${bold(pageName(name))}(1)`).join(", ");
}

function pageName(name: string): string {
  return name.replaceAll(" ", "-");
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Markdown's code in bold, the rest as it is. */
function plain(markdown: string): string {
  return markdown.split("`").map((part, at) => at % 2 === 0 ? escape(part) : bold(part)).join("");
}

function bold(text: string): string {
  return `\\fB${escape(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${escape(text)}\\fR`;
}

/** Text in which nothing means anything to roff. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/gm, "\\&$&").replaceAll("'", "\\(aq")
    .replaceAll("^", "\\(ha").replaceAll("~", "\\(ti").replaceAll("`", "\\(ga");
}
