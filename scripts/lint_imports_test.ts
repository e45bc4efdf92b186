import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { judgeImport } from "./lint/imports.ts";
import plugin from "./lint_imports.ts";

/** Ids of the rules that fire for `source` in the file `path`. */
function lint(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, fileURLToPath(new URL(`../${path}`, import.meta.url)), source).map((one) =>
    one.id
  );
}

function allowed(from: string, specifier: string, typesOnly = false): boolean {
  return judgeImport({ from, specifier, typesOnly }) === undefined;
}

Deno.test("imports go down", () => {
  assert.ok(allowed("src/transport/registry/blob.ts", "../../http/client.ts"));
  assert.ok(allowed("src/transport/registry/blob.ts", "../transport.ts"));
  assert.ok(allowed("src/http/client.ts", "../oci/digest.ts"));
  assert.ok(allowed("src/copy/run.ts", "../transport/transport.ts"));
  assert.ok(allowed("src/mod.ts", "./copy/run.ts"));
  assert.ok(allowed("mod.ts", "./src/mod.ts"));
  assert.ok(allowed("main.ts", "./plugins/mod.ts"));
  assert.ok(allowed("src/cli/services.ts", "../transport/registry/mod.ts"));
  assert.ok(allowed("plugins/mod.ts", "./tag/mod.ts"));
});

Deno.test("imports do not go up or aside", () => {
  assert.ok(!allowed("src/oci/digest.ts", "../http/client.ts"));
  assert.ok(!allowed("src/reference/parse.ts", "../http/client.ts"));
  assert.ok(!allowed("src/auth/token.ts", "../http/client.ts"));
  assert.ok(!allowed("src/http/client.ts", "../oci/manifest.ts"));
  assert.ok(!allowed("src/transport/scheme.ts", "../copy/run.ts"));
  assert.ok(!allowed("src/copy/run.ts", "../transport/registry/blob.ts"));
  assert.ok(!allowed("src/output/table.ts", "../http/client.ts"));
  assert.ok(!allowed("src/cli/flags.ts", "../../plugins/tag/mod.ts"));
  assert.ok(!allowed("src/cli/run.ts", "../transport/registry/mod.ts"));
  assert.ok(!allowed("mod.ts", "./plugins/mod.ts"));
  assert.ok(!allowed("src/errors.ts", "./oci/digest.ts"));
  assert.ok(!allowed("src/mod.ts", "../plugins/mod.ts"));
});

Deno.test("a folder whose types alone are allowed gives no values", () => {
  for (const from of ["src/auth/token.ts", "src/transport/scheme.ts"]) {
    assert.ok(allowed(from, "../config/registry_host.ts", true));
    assert.ok(!allowed(from, "../config/registry_host.ts", false));
  }
  assert.ok(allowed("src/plugin.ts", "./copy/event.ts", true));
  assert.ok(!allowed("src/plugin.ts", "./copy/event.ts", false));
});

Deno.test("a plugin sees src/mod.ts, its own files and npm", () => {
  assert.ok(allowed("plugins/tag/ls.ts", "../../src/mod.ts"));
  assert.ok(allowed("plugins/tag/ls.ts", "./sort.ts"));
  assert.ok(allowed("plugins/bot/mod.ts", "fast-check"));
  assert.ok(!allowed("plugins/tag/ls.ts", "../../src/errors.ts"));
  assert.ok(!allowed("plugins/tag/ls.ts", "../image/copy.ts"));
  assert.ok(!allowed("plugins/tag/ls.ts", "../mod.ts"));
  assert.ok(!allowed("plugins/tag/ls.ts", "croner"));
});

Deno.test("a package belongs to one file of the kernel", () => {
  assert.ok(allowed("src/schedule/cron.ts", "croner"));
  assert.ok(!allowed("src/cli/help.ts", "croner"));
  assert.ok(!allowed("src/cli/help.ts", "npm:croner@11"));
  assert.ok(!allowed("src/output/table.ts", "@scope/table/sub"));
  assert.ok(!allowed("plugins/tag/ls.ts", "jsr:@scope/name"));
  assert.ok(!allowed("src/http/client.ts", "https://example.com/x.ts"));
});

Deno.test("pure folders get no built-ins that do input or output", () => {
  assert.ok(allowed("src/oci/digest.ts", "node:crypto"));
  assert.ok(!allowed("src/oci/digest.ts", "node:fs"));
  assert.ok(allowed("src/http/client.ts", "node:http"));
});

Deno.test("a file without a row is reported, tests are exempt and not to be imported", () => {
  assert.match(judgeImport({ from: "src/odd/x.ts", specifier: "./y.ts", typesOnly: false })!.message, /no row/);
  assert.ok(allowed("src/oci/digest_test.ts", "../http/client.ts"));
  assert.ok(!allowed("src/oci/digest.ts", "./digest_test.ts"));
  assert.ok(!allowed("src/oci/digest.ts", "../../test/support/x.ts"));
});

Deno.test("every form of import is seen", () => {
  const bad = "../http/client.ts";
  const forms = [
    `import { x } from "${bad}"; x();`,
    `import "${bad}";`,
    `import type { X } from "${bad}"; export type Y = X;`,
    `export { x } from "${bad}";`,
    `export * from "${bad}";`,
    `export const x = () => import("${bad}");`,
    `export type X = import("${bad}").X;`,
  ];
  for (const form of forms) assert.deepEqual(lint("src/oci/x.ts", form), ["ferry/imports"], form);
});

Deno.test("type-only forms count as types", () => {
  const good = "../config/registry_host.ts";
  assert.deepEqual(lint("src/auth/x.ts", `import type { X } from "${good}"; export type Y = X;`), []);
  assert.deepEqual(lint("src/auth/x.ts", `import { type X } from "${good}"; export type Y = X;`), []);
  assert.deepEqual(lint("src/auth/x.ts", `export type { X } from "${good}";`), []);
  assert.deepEqual(lint("src/auth/x.ts", `export type X = import("${good}").X;`), []);
  assert.deepEqual(lint("src/auth/x.ts", `import { type X, y } from "${good}"; export const z: X = y;`), [
    "ferry/imports",
  ]);
  assert.deepEqual(lint("src/auth/x.ts", `import "${good}";`), ["ferry/imports"]);
});

Deno.test("only src/output and the entry write to streams, nobody to the console", () => {
  assert.deepEqual(lint("src/http/x.ts", `console.log(1);`), ["ferry/streams"]);
  assert.deepEqual(lint("src/output/x.ts", `console.error(1);`), ["ferry/streams"]);
  assert.deepEqual(lint("plugins/tag/ls.ts", `Deno.stdout.writeSync(x);`), ["ferry/streams"]);
  assert.deepEqual(lint("src/copy/x.ts", `process.stderr.write(x);`), ["ferry/streams"]);
  assert.deepEqual(lint("src/output/x.ts", `Deno.stdout.writeSync(x);`), []);
  assert.deepEqual(lint("src/output/x_test.ts", `console.log(1);`), []);
  assert.deepEqual(lint("scripts/x.ts", `console.log(1);`), []);
});

Deno.test("a handler does not read or end the process", () => {
  assert.deepEqual(lint("plugins/tag/ls.ts", `Deno.exit(1);`), ["ferry/streams"]);
  assert.deepEqual(lint("src/copy/x.ts", `Deno.env.get("X");`), ["ferry/streams"]);
  assert.deepEqual(lint("main.ts", `Deno.exit(1);`), []);
});

Deno.test("pure places use neither Deno nor fetch", () => {
  assert.deepEqual(lint("src/oci/x.ts", `Deno.readFileSync("x");`), ["ferry/pure"]);
  assert.deepEqual(lint("src/auth/x.ts", `await fetch("x");`), ["ferry/pure"]);
  assert.deepEqual(lint("src/http/x.ts", `await fetch("x");`), []);
});

Deno.test("files are short and in snake_case", () => {
  assert.deepEqual(lint("src/oci/x.ts", "\n".repeat(400)), []);
  assert.deepEqual(lint("src/oci/x.ts", "\n".repeat(401)), ["ferry/file"]);
  assert.deepEqual(lint("src/oci/mediaType.ts", "export {};"), ["ferry/file"]);
});
