import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { kitFiles } from "./kit.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

Deno.test("the kit has what plugins use, holds together, and needs no package", async () => {
  const files = await kitFiles(ROOT);
  const module = files["src/mod.ts"] ?? "";
  for (const name of ["./plugin.ts", "./plugin_parts.ts", "./errors.ts", "./copy/mod.ts", "./reference/parse.ts"]) {
    assert.ok(module.includes(`from "${name}";`), name);
  }
  for (const name of ["./lua/load.ts", "./yaml/load.ts", "./filter/load.ts"]) assert.ok(!module.includes(name), name);
  for (const [path, text] of Object.entries(files)) {
    assert.equal(text === await Deno.readTextFile(join(ROOT, path)), path !== "src/mod.ts", path);
    for (const [, specifier] of text.matchAll(/^(?:import|export)\b[^;"]*\bfrom "([^"]+)"/gm)) {
      const known = specifier!.startsWith("node:") || join(dirname(path), specifier!) in files;
      assert.ok(known, `${path} imports ${specifier}`);
    }
  }
});
