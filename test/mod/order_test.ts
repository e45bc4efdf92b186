/** Flags as they stand on the command line. */
import assert from "node:assert/strict";
import { readInput } from "../../src/cli/input.ts";
import { defineSpec } from "../../src/plugin.ts";

const spec = defineSpec({
  summary: "Test",
  args: [{ name: "image", type: "string", summary: "image" }],
  flags: {
    add: { type: "string", repeated: true, short: "a", summary: "add" },
    list: { type: "integer", repeated: true, commas: true, summary: "list" },
    on: { type: "boolean", summary: "on", aliases: ["enable"] },
    one: { type: "string", summary: "one", default: "x" },
  },
});

const readers = () => Promise.resolve({ reference: String, registry: String, digest: String });

Deno.test("a handler sees each flag in the order in which it was given, with its value checked", async () => {
  const words = [
    "-a",
    "1",
    "image",
    "--enable",
    "--list=3,4",
    "--one",
    "y",
    "-vdebug",
    "--add=2",
    "--on=false",
    "--one=z",
  ];
  const { given, flags } = await readInput(words, spec, "ferry test", readers);
  assert.deepEqual(given, [
    { flag: "add", value: "1" },
    { flag: "on", value: true },
    { flag: "list", value: 3 },
    { flag: "list", value: 4 },
    { flag: "one", value: "y" },
    { flag: "add", value: "2" },
    { flag: "on", value: false },
    { flag: "one", value: "z" },
  ]);
  assert.deepEqual(flags, { add: ["1", "2"], list: [3, 4], on: false, one: "z" });
  assert.deepEqual((await readInput([], spec, "ferry test", readers)).given, []);
});
