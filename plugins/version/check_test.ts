import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { isFerryError } from "../../src/mod.ts";
import { checkProgram, parseSums } from "./check.ts";

const OTHER = "0".repeat(64);

Deno.test("lines of sha256sum are read, whatever else is there", () => {
  const digest = "Ab".repeat(32);
  assert.deepEqual(
    [...parseSums(`# a note\n${digest}  ferry-linux-amd64\r\n${OTHER} *dist/ferry-darwin-arm64\nshort  x\n`)],
    [["ferry-linux-amd64", digest.toLowerCase()], ["ferry-darwin-arm64", OTHER]],
  );
});

Deno.test("a program is found by its digest under any name, told apart from another, and missed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const program = join(folder, "program");
    const sums = join(folder, "SHA256SUMS");
    await Deno.writeTextFile(program, "a program");
    const sha256 = createHash("sha256").update("a program").digest("hex");
    const check = async (lines: string) => {
      await Deno.writeTextFile(sums, lines);
      return await checkProgram(program, "linux/amd64", sums);
    };
    assert.deepEqual(await check(`${OTHER}  ferry-linux-amd64\n${sha256}  mine\n`), { name: "mine", sha256 });
    await assert.rejects(check(`${OTHER}  ferry-linux-amd64\n`), (error) => {
      assert.ok(isFerryError(error, "DIGEST_MISMATCH"));
      assert.match(error.message, new RegExp(`${sha256}.*${OTHER}`));
      return true;
    });
    await assert.rejects(check(`${OTHER}  ferry-darwin-arm64\n`), (error) => isFerryError(error, "NOT_FOUND"));
    await Deno.remove(sums);
    await assert.rejects(
      checkProgram(program, "linux/amd64", sums),
      (error) => isFerryError(error, "ARGUMENT_INVALID") && error.message.includes(sums),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
