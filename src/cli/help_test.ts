import assert from "node:assert/strict";
import { defineCommand, definePlugin, type PluginEntry } from "../plugin.ts";
import { helpText } from "./help.ts";

const load = () => Promise.resolve({ default: () => Promise.resolve({}) });

const LS = defineCommand({
  summary: "List the tags of a repository",
  description: "Tags are sorted.\nThey are not counted, and this goes on for longer than a line of sixty characters.",
  aliases: ["list"],
  args: [{ name: "repository", type: "reference", required: true, summary: "what to list" }],
  flags: {
    limit: { type: "integer", short: "l", summary: "stop after so many", placeholder: "count", aliases: ["max"] },
    when: { type: "string", choices: ["now", "later"], default: "now", summary: "when to list" },
    color: { type: "string", bare: "always", placeholder: "when", summary: "use colours" },
    all: { type: "boolean", summary: "list the tags that nobody wants to see as well, all of them" },
    secret: { type: "boolean", hidden: true, summary: "not shown" },
  },
  examples: [{ command: "tag ls a-registry.example.org/with/a/repository/that/has/a/long/name", does: "list tags" }],
}, load);
const TAG = definePlugin({ name: "tag", summary: "Tags", commands: { ls: LS } });

function entry(name: string, group?: string): PluginEntry {
  return {
    name,
    summary: `All of ${name}`,
    load: () => Promise.resolve({ default: TAG }),
    ...(group === undefined ? {} : { group }),
  };
}

const FOUND = { kind: "command", plugin: TAG, verb: "ls", command: LS, words: [], help: false } as const;

Deno.test("help of a command: examples first, names side by side with what they are", () => {
  const text = helpText(FOUND, [], "ferry");
  assert.equal(
    text.slice(0, text.indexOf("Flags of every command")),
    `List the tags of a repository

Usage: ferry tag ls <repository> [flags]

Examples:
  # list tags
  ferry tag ls a-registry.example.org/with/a/repository/that/has/a/long/name

Tags are sorted. They are not counted, and this goes on for longer than a line
of sixty characters.

Arguments:
  repository  what to list

Flags:
      --all           list the tags that nobody wants to see as well, all of
                      them
      --color[=when]  use colours
  -l, --limit count   stop after so many (also --max)
      --when choice   when to list (one of now, later; default now)

`,
  );
  assert.match(text, /\n\nAlso called: list\n$/);
});

Deno.test("lines are as long as the terminal allows; only command lines are longer", () => {
  for (const width of [20, 60, 100, 300]) {
    const lines = helpText(FOUND, [], "ferry", width).split("\n").filter((line) => !/^ {2}ferry |^Usage/.test(line));
    const longest = Math.max(...lines.map((line) => line.length));
    assert.ok(longest <= Math.max(width, 60), `${longest} for ${width}`);
  }
  assert.match(helpText(FOUND, [], "ferry", 300), /nobody wants to see as well, all of them\n/);
});

Deno.test("help of the program: commands by group, in their order", () => {
  const entries = [entry("a", "One"), entry("longer", "Two"), entry("b", "One"), entry("c"), {
    ...entry("hush", "One"),
    hidden: true,
  }];
  const text = helpText({ kind: "root" }, entries, "ferry");
  assert.ok(
    text.includes("\nOne:\n  a       All of a\n  b       All of b\n\nTwo:\n  longer  All of longer\n\nCommands:\n  c "),
  );
  assert.ok(!text.includes("hush"));
});
