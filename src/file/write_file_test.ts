import assert from "node:assert/strict";
import { isFerryError } from "../errors.ts";
import { writeFile } from "./write_file.ts";
import { inFolder } from "../../test/support/folder.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

async function* failing(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode("half");
  await Promise.resolve();
  throw new Error("cut");
}

Deno.test("a file is written whole, through links, and keeps its mode", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "old", { mode: 0o600 });
    await Deno.symlink("a", `${folder}/link`);
    assert.equal(await writeFile(`${folder}/link`, new TextEncoder().encode("new text")), 8);
    assert.equal(await Deno.readTextFile(`${folder}/a`), "new text");
    assert.equal((await Deno.stat(`${folder}/a`)).mode! & 0o777, 0o600);
    assert.deepEqual(names(folder), ["a", "link"]);
  }));

Deno.test("a source that fails leaves what was there and nothing else", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "old");
    await assert.rejects(writeFile(`${folder}/a`, failing()), /cut/);
    await assert.rejects(writeFile(`${folder}/b`, failing()), /cut/);
    assert.equal(await Deno.readTextFile(`${folder}/a`), "old");
    assert.deepEqual(names(folder), ["a"]);
  }));

Deno.test("what cannot be written is said with a hint", () =>
  inFolder(async (folder) => {
    for (const path of [folder, `${folder}/no/file`]) {
      await assert.rejects(
        writeFile(path, new Uint8Array()),
        (error) => isFerryError(error, "IO") && error.hint !== undefined && error.message.includes(path),
      );
    }
  }));
