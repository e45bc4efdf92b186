import assert from "node:assert/strict";
import { findProgram, findPrograms } from "./path_program.ts";

Deno.test({
  name: "the first folder of the PATH wins, and empty ones do not count",
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["one", "two"]) {
      await Deno.mkdir(`${folder}/${name}`);
      await Deno.writeTextFile(`${folder}/${name}/ferry-x`, "", { mode: 0o755 });
    }
    await Deno.writeTextFile(`${folder}/two/ferry-y-z`, "", { mode: 0o755 });
    await Deno.writeTextFile(`${folder}/two/ferry-data`, "", { mode: 0o644 });
    await Deno.mkdir(`${folder}/two/ferry-folder`);
    const env = (name: string) => name === "PATH" ? `:${folder}/gone:${folder}/two:${folder}/one` : undefined;
    assert.equal(await findProgram("x", env), `${folder}/two/ferry-x`);
    for (const noun of ["data", "folder", "nothing", "../two/ferry-x", "-x", ""]) {
      assert.equal(await findProgram(noun, env), undefined, noun);
    }
    assert.deepEqual((await findPrograms(env)).map(({ noun }) => noun), ["x", "y-z"]);
    assert.equal(await findProgram("x", () => undefined), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
