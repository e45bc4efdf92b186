/**
 * Documentation as Markdown, in the form that the formatter leaves as it is.
 *
 * @module
 */
import { ERROR_TABLE } from "../../src/errors.ts";
import { commandSynopsis, globalFlagLines } from "../../src/cli/help.ts";
import { isSetIn, paragraphs, wrap } from "../../src/cli/wrap.ts";
import { byGroup, type DocumentedCommand, type Noun, PROGRAM } from "./model.ts";
import { readmeTable } from "./readme.ts";

/** Width of lines, as in deno.json. */
const WIDTH = 120;

const NOTE = "<!-- Made by deno task docs. -->";

/** Pages by path in the folder of the documentation. */
export function markdownPages(nouns: readonly Noun[], readme: string): Map<string, string> {
  const pages = new Map([
    ["README.md", indexPage(nouns)],
    ["exit_codes.md", exitCodesPage(readme)],
    ["environment.md", environmentPage(readme)],
  ]);
  for (const noun of nouns) pages.set(`commands/${noun.plugin.name}.md`, nounPage(noun));
  return pages;
}

function indexPage(nouns: readonly Noun[]): string {
  return page([
    `# Commands of ${PROGRAM}`,
    ...byGroup(nouns).flatMap(([group, some]) => [
      `## ${group}`,
      list(
        some.flatMap(({ commands }) =>
          commands.map(({ name, plugin, spec }) =>
            `[${name}](commands/${plugin.name}.md#${anchor(name)}): ${text(spec.summary)}`
          )
        ),
      ),
    ]),
    "## Flags of every command",
    block("text", globalFlagLines().join("\n")),
    "## More",
    list(["[Exit codes](exit_codes.md)", "[Environment](environment.md)"]),
  ]);
}

function nounPage({ commands, plugin }: Noun): string {
  // A noun that is a command itself has its section under the title.
  const alone = commands.find(({ verb }) => verb === "");
  const others = commands.filter(({ verb }) => verb !== "");
  return page([
    `# ${PROGRAM} ${plugin.name}`,
    ...(alone === undefined ? [paragraph(`${plugin.summary}.`)] : commandParts(alone)),
    list(others.map(({ name, spec }) => `[${name}](#${anchor(name)}): ${text(spec.summary)}`)),
    also(PROGRAM, plugin.aliases),
    ...others.flatMap((command) => [
      `## ${command.name}`,
      ...commandParts(command),
      also(`${PROGRAM} ${plugin.name}`, command.spec.aliases),
    ]),
    "The flags of every command are [with the list of commands](../README.md#flags-of-every-command).",
  ]);
}

function commandParts({ plugin, spec, verb }: DocumentedCommand): string[] {
  const examples = (spec.examples ?? []).map(({ command, does }) => `# ${does}\n${PROGRAM} ${command}`);
  return [
    paragraph(`${spec.summary}.`),
    block("sh", examples.join("\n")),
    ...paragraphs(spec.description ?? "").map((part) => isSetIn(part) ? block("text", part) : paragraph(part)),
    block("text", commandSynopsis(plugin, verb, spec, PROGRAM).trimEnd()),
  ];
}

function also(before: string, names: readonly string[] = []): string {
  return names.length === 0 ? "" : paragraph(`Also called ${names.map((name) => `\`${before} ${name}\``).join(", ")}.`);
}

function exitCodesPage(readme: string): string {
  const errors = Object.entries(ERROR_TABLE)
    .sort(([, a], [, b]) => a.exit - b.exit)
    .map(([code, { exit, title }]) => [`${exit}`, `\`${code}\``, title]);
  return page([
    "# Exit codes",
    table(["code", "meaning"], readmeTable(readme, "Exit codes")),
    "## Errors",
    "Where logs are JSON, an error has its `code`.",
    table(["exit", "code", "what happened"], errors),
  ]);
}

function environmentPage(readme: string): string {
  return page(["# Environment", table(["variable", "what it does"], readmeTable(readme, "Environment"))]);
}

function page(parts: readonly string[]): string {
  return [NOTE, ...parts].filter((part) => part !== "").join("\n\n") + "\n";
}

function paragraph(words: string): string {
  return wrap(text(words), WIDTH).join("\n");
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${wrap(item, WIDTH - 2).join("\n  ")}`).join("\n");
}

/** The formatter takes away what all lines of a block are set in by. */
function block(language: string, content: string): string {
  if (content === "") return "";
  const lines = content.split("\n");
  const indent = Math.min(...lines.filter((line) => line !== "").map((line) => line.search(/\S/)));
  return ["```" + language, ...lines.map((line) => line.slice(indent)), "```"].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => (row[at] ?? "").length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Text in which nothing means anything to Markdown. */
function text(plain: string): string {
  return plain.replace(/(?<!`[^`]*)[<*[\]](?![^`]*`)/g, "\\$&");
}

function anchor(title: string): string {
  return title.toLowerCase().replaceAll(" ", "-");
}
