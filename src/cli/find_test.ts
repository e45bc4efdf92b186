import assert from "node:assert/strict";
import { defineCommand, definePlugin, type Plugin, type PluginEntry } from "../plugin.ts";
import { findCommand } from "./find.ts";

const load = () => Promise.resolve({ default: () => Promise.resolve({}) });

function entries(loaded: string[] = []): PluginEntry[] {
  const tag = definePlugin({
    name: "tag",
    summary: "Tags",
    commands: {
      ls: defineCommand({
        summary: "List",
        aliases: ["list"],
        flags: { limit: { type: "integer", summary: "s" }, all: { type: "boolean", short: "a", summary: "s" } },
      }, load),
      delete: defineCommand({ summary: "Delete", aliases: ["rm"] }, load),
      secret: defineCommand({ summary: "Hidden", hidden: true }, load),
    },
  });
  const version = definePlugin({
    name: "version",
    summary: "V",
    commands: { "": defineCommand({ summary: "V" }, load) },
  });
  const entry = (plugin: Plugin, aliases: string[] = []): PluginEntry => ({
    name: plugin.name,
    summary: plugin.summary,
    aliases,
    load: () => {
      loaded.push(plugin.name);
      return Promise.resolve({ default: plugin });
    },
  });
  return [entry(tag, ["tags"]), entry(version), { ...entry({ ...version, name: "hush" }), hidden: true }];
}

async function find(...words: string[]): Promise<unknown> {
  const found = await findCommand(words, entries());
  if (found.kind === "command") return [found.plugin.name, found.verb, found.words, found.help];
  return found.kind === "noun" ? found.plugin.name : found.kind;
}

Deno.test("findCommand finds noun and verb among flags", async () => {
  assert.equal(await find(), "root");
  assert.equal(await find("-q"), "root");
  assert.equal(await find("help"), "root");
  assert.equal(await find("tag"), "tag");
  assert.equal(await find("help", "tag"), "tag");
  assert.equal(await find("tag", "--help"), "tag");
  assert.deepEqual(await find("tag", "ls", "x"), ["tag", "ls", ["x"], false]);
  assert.deepEqual(await find("tags", "list", "x"), ["tag", "ls", ["x"], false]);
  assert.deepEqual(await find("tag", "rm"), ["tag", "delete", [], false]);
  assert.deepEqual(await find("-v", "debug", "tag", "--limit", "5", "-a", "ls", "x"), [
    "tag",
    "ls",
    ["-v", "debug", "--limit", "5", "-a", "x"],
    false,
  ]);
  assert.deepEqual(await find("help", "tag", "ls"), ["tag", "ls", [], true]);
  assert.deepEqual(await find("tag", "secret"), ["tag", "secret", [], false]);
  assert.deepEqual(await find("version", "x"), ["version", "", ["x"], false]);
  assert.deepEqual(await find("hush"), ["hush", "", [], false]);
});

Deno.test("findCommand refuses unknown names with the nearest one", async () => {
  await assert.rejects(find("tga"), { code: "COMMAND_UNKNOWN", hint: 'did you mean "tag"?' });
  await assert.rejects(find("verison"), { code: "COMMAND_UNKNOWN", hint: 'did you mean "version"?' });
  await assert.rejects(find("tag", "lsit"), { code: "COMMAND_UNKNOWN", hint: 'did you mean "tag list"?' });
  await assert.rejects(find("tag", "zzzzz"), { hint: "the commands of tag are ls, delete" });
  await assert.rejects(find("help", "nope"), { code: "COMMAND_UNKNOWN" });
  await assert.rejects(find("hus"), { hint: "see the commands with help" });
});

Deno.test("findCommand loads the plugin of the noun and no other", async () => {
  const loaded: string[] = [];
  await findCommand(["version"], entries(loaded));
  await findCommand([], entries(loaded));
  await findCommand(["help"], entries(loaded));
  assert.deepEqual(loaded, ["version"]);
});
