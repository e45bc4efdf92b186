import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";
import { run } from "./command.ts";
import { isoSeconds, stamp } from "./stamp.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

Deno.test("a bundle runs alone, loads lazily and knows its version", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const entry = join(folder, "mod.ts");
    const version = join(ROOT, "src", "version.ts");
    await Deno.writeTextFile(
      entry,
      `import { VERSION } from ${JSON.stringify(version)};
       import { truncates } from "bcryptjs";
       const { answer } = await import("./lazy.ts");
       console.log(JSON.stringify([VERSION.version, VERSION.commit, truncates("x"), answer(), import.meta.main]));`,
    );
    await Deno.writeTextFile(
      join(folder, "lazy.ts"),
      `import { basename } from "path"; export const answer = () => basename("/a/lazily");`,
    );
    const outDir = join(folder, "bundle");
    const texts = { FERRY_VERSION: "1.2.3", FERRY_COMMIT: "abc" };
    const { chunks, packages } = await bundle({ root: ROOT, entry, outDir, texts });
    assert.ok(chunks.some(({ file }) => file === "main.mjs"));
    assert.ok(chunks.some(({ file }) => file.startsWith("lazy-")));
    assert.deepEqual(packages.map(({ name }) => name), ["bcryptjs"]);
    await Deno.remove(entry);
    const printed = await run(Deno.execPath(), ["run", "--no-config", "-A", join(outDir, "main.mjs")], {
      env: { NO_COLOR: "1" },
    });
    assert.deepEqual(JSON.parse(printed), ["1.2.3", "abc", false, "lazily", true]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a build is stamped with the version of deno.json", async () => {
  const texts = await stamp(ROOT);
  assert.equal(texts.FERRY_VERSION, JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))).version);
  assert.match(texts.FERRY_COMMIT!, /^([0-9a-f]{40})?$/);
});

Deno.test("seconds become a date", () => {
  assert.equal(isoSeconds("1704164645"), "2024-01-02T03:04:05Z");
  assert.throws(() => isoSeconds("yesterday"), /SOURCE_DATE_EPOCH/);
});
