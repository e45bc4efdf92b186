import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";
import { run } from "./command.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

Deno.test("files that are imported as bytes lie beside the chunks as they are", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = new Uint8Array(1000).map((_, at) => at);
    await Deno.writeFile(join(folder, "some.dat"), bytes);
    const entry = join(folder, "mod.ts");
    await Deno.writeTextFile(
      entry,
      `import some from "./some.dat" with { type: "bytes" };
       console.log(some.length, some.every((byte, at) => byte === at % 256));`,
    );
    const outDir = join(folder, "bundle");
    await bundle({ root: ROOT, entry, outDir, texts: {} });
    const [file, ...others] = [...Deno.readDirSync(outDir)].map(({ name }) => name).filter((name) =>
      !name.endsWith(".mjs")
    );
    assert.match(file!, /^some\.dat-[0-9a-f]{8}\.bin$/);
    assert.deepEqual(others, []);
    assert.deepEqual(await Deno.readFile(join(outDir, file!)), bytes);
    const flags = ["--no-config", "--unstable-raw-imports", "-A"];
    assert.equal(await run(Deno.execPath(), ["run", ...flags, join(outDir, "main.mjs")], {}), "1000 true\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
