/**
 * Texts that are compared with files of this folder. `UPDATE_GOLDEN=1 deno test -A test/golden` writes the files anew.
 *
 * @module
 */
import assert from "node:assert/strict";

/** Folder of the files. */
export const FILES: URL = new URL("./files/", import.meta.url);

/** True when files are written instead of compared. */
export const UPDATING = Deno.env.get("UPDATE_GOLDEN") === "1";

/** Compares a text with a golden file, or writes it. */
export async function checkGolden(name: string, actual: string): Promise<void> {
  const file = new URL(name, FILES);
  if (UPDATING) {
    await Deno.mkdir(new URL(".", file), { recursive: true });
    await Deno.writeTextFile(file, actual);
    return;
  }
  let expected: string;
  try {
    expected = await Deno.readTextFile(file);
  } catch (cause) {
    throw new Error(`No golden file ${name}: make it with UPDATE_GOLDEN=1 deno test -A test/golden`, { cause });
  }
  assert.equal(actual, expected, `${name} differs: if it should, run UPDATE_GOLDEN=1 deno test -A test/golden`);
}

/** Names of the golden files of a folder. */
export async function goldenFiles(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, FILES))) names.push(entry.name);
  return names.sort();
}
