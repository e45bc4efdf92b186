import assert from "node:assert/strict";
import { plugins } from "../../plugins/mod.ts";
import { output } from "../cli/harness.ts";
import { checkGolden, FILES, goldenFiles, UPDATING } from "./golden.ts";

/** Every page of help: the program's, those of its nouns and those of its commands, by the name of its file. */
async function pages(): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>([["ferry.txt", ["--help"]]]);
  for (const entry of plugins) {
    const { default: plugin } = await entry.load();
    const verbs = Object.keys(plugin.commands);
    if (!verbs.includes("")) found.set(`${entry.name}.txt`, [entry.name, "--help"]);
    for (const verb of verbs) {
      const words = [entry.name, verb].filter((word) => word !== "");
      found.set(`${words.join("_").replaceAll(" ", "_")}.txt`, [...words, "--help"]);
    }
  }
  return found;
}

Deno.test("golden: help", async (t) => {
  const found = await pages();
  for (const [file, words] of found) {
    await t.step(["ferry", ...words].join(" "), async () => checkGolden(`help/${file}`, await output(...words)));
  }
  const stale = (await goldenFiles("help/")).filter((file) => !found.has(file));
  if (UPDATING) { for (const file of stale) await Deno.remove(new URL(`help/${file}`, FILES)); }
  else assert.deepEqual(stale, [], "golden files of commands that are gone: UPDATE_GOLDEN=1 deno test -A test/golden");
});
