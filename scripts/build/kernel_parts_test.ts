import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { homesOf, rewriteImports } from "./kernel_parts.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

Deno.test("names are imported from their homes, types fall away, what has no home stays", () => {
  const homes = new Map([["a", "/k/one.ts"], ["b", "/k/two.ts"], ["c", "/k/one.ts"]]);
  assert.equal(
    rewriteImports(
      'import { a, type T, b,\n  c, other } from "../../src/mod.ts";\nimport { x } from "./y.ts";\n',
      homes,
    ),
    'import { a, c } from "/k/one.ts";\nimport { b } from "/k/two.ts";\nimport { other } from "../../src/mod.ts";\n' +
      'import { x } from "./y.ts";\n',
  );
  assert.throws(() => rewriteImports('import { a as z } from "../../src/mod.ts";', homes), /"a as z"/);
});

Deno.test("every value that src/mod.ts gives has a home that declares it or gives it on", async () => {
  const module = join(ROOT, "src", "mod.ts");
  const homes = await homesOf(module);
  const exported = Object.keys(await import("../../src/mod.ts"));
  assert.deepEqual([...homes.keys()].sort(), exported.sort());
  for (const [name, home] of homes) assert.ok(name in await import(`file://${home}`), `${name} is not in ${home}`);
});
