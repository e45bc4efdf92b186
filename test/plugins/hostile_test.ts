import assert from "node:assert/strict";
import { ERROR_TABLE } from "../../src/errors.ts";
import { refusedImport } from "../../src/user_plugin/confine/modules.ts";
import { Home, sample, tinyPlugin } from "./harness.ts";

Deno.test("hostile code that is confined reaches nothing", async () => {
  await using home = await Home.make();
  await home.add("hostile.ts", "--confine");
  const { code, stderr, stdout } = await home.run(["hostile"]);
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split("\n");
  assert.ok(lines.length > 40, stdout);
  assert.deepEqual(lines.filter((line) => !/^\w+: (?:nothing$|refused: .)/.test(line)), []);
});

Deno.test("a module that is confined imports its own files, ferry/plugin and what computes alone", () => {
  const files = new Set(["mod.ts", "lib/a.ts", "lib/data.json", "lib/note.txt"]);
  const allowed = [
    'import { a } from "./lib/a.ts";',
    'import a, * as b from "./lib/a.ts"\nimport "./lib/a.ts"\n',
    'import data from "./lib/data.json" with { type: "json" };',
    "export * from './lib/a.ts';",
    'const a = await import("./lib/a.ts"); import.meta.url',
    'import { createHash } from "node:crypto"; import { FerryError } from "ferry/plugin";',
    "// what we import and export comes from there\nArray.from([]); const from = 1, important = { from, to: 2 };",
  ];
  for (const text of allowed) assert.equal(refusedImport(text, "mod.ts", files), undefined, text);
  const refused = [
    'import x from "/etc/passwd.json" with { type: "json" };',
    'import x from "./lib/../../../x.json" with { type: "json" };',
    'import x from "./lib/a.ts" with { type: "json" };',
    'import x from "./lib/data.json" with { "type": "json" };',
    'import x from "./lib/a.ts"/**/with { type: "text" };',
    'import x from /**/ "./lib/a.ts";',
    'import x from\n"./lib/note.txt";',
    'import "./lib/%61.ts";',
    'import "./lib/a.ts?x";',
    'import "./lib/\\u0061.ts";',
    'import "fs";',
    'import "node:fs";',
    'import { register } from "node:module";',
    'import "node:vm"; import "node:process";',
    'import "npm:left-pad";',
    'import "https://example.org/x.js";',
    'import "data:text/javascript,1";',
    'export { x } from "node:worker_threads";',
    'export*from"file:///etc/x.json"with{type:"json"}',
    "const name = 1; await import(name);",
    'await import("./lib/" + "a.ts");',
    'await import("./lib/a.ts", { with: { type: "json" } });',
    'await import("/etc/x.json", { with: { type: "json" } });',
    "await import(`./lib/a.ts`);",
    'await import/**/("./lib/a.ts");',
    'import.source("./lib/a.ts");',
    'import . meta; x = import . defer("./lib/a.ts")',
    '[...import("node:fs")]',
  ];
  for (const text of refused) assert.notEqual(refusedImport(text, "mod.ts", files), undefined, text);
  assert.equal(
    refusedImport('import "../mod.ts"; import "./data.json" with { type: "json" };', "lib/a.ts", files),
    undefined,
  );
});

Deno.test("what imports something else is not confined, at a line that is named; nothing of it runs", async () => {
  await using home = await Home.make();
  await Deno.mkdir(home.at("sly"));
  await home.write("sly/mod.ts", `\nimport "./lib.js";\n${tinyPlugin("sly")}`);
  await home.write("sly/lib.js", `\n\nexport const a = () => import(globalThis.name);\n`);
  const { code, stderr } = await home.run(["plugin", "add", "-y", "--confine", home.at("sly")]);
  assert.equal(code, ERROR_TABLE.PLUGIN_INVALID.exit);
  assert.match(
    stderr,
    /its file "lib\.js" imports on line 3 what cannot be allowed\nhint: name the plugin's own files/,
  );
  assert.equal((await home.run(["plugin", "add", "-y", home.at("sly")])).code, 0);
});

Deno.test("an import is not hidden in another encoding", async () => {
  await using home = await Home.make();
  const text = `\ufeffimport "node:fs";\n${tinyPlugin("wide")}`;
  const units = Uint16Array.from(text, (character) => character.charCodeAt(0));
  for (const bytes of [new Uint8Array(units.buffer), new TextEncoder().encode(`${tinyPlugin("wide")}// \0`)]) {
    await Deno.writeFile(home.at("wide.js"), bytes);
    const { code, stderr } = await home.run(["plugin", "add", "-y", "--confine", home.at("wide.js")]);
    assert.deepEqual(
      [code, /"wide\.js" is no UTF-8 text/.test(stderr)],
      [ERROR_TABLE.PLUGIN_INVALID.exit, true],
      stderr,
    );
  }
});

/** A plugin whose handler does `work` with `context` and `image`, and whose module runs `before`. */
function acting(work: string, before = ""): string {
  return `import { defineCommand, definePlugin, FerryError } from "ferry/plugin";
${before}
export default definePlugin({ name: "acting", summary: "Act", api: 1, commands: { "": defineCommand(
  { summary: "Act", args: [{ name: "image", type: "reference", summary: "image" }] },
  () => Promise.resolve({ default: async (context, { args: { image } }) => { ${work} } }),
) } });
`;
}

/** Adds a plugin that acts, confined. */
async function addActing(home: Home, work: string, before?: string): Promise<void> {
  const file = await home.write("acting.js", acting(work, before));
  await home.output("plugin", "add", "-y", "--confine", file);
}

Deno.test("the program asks a registry or layout for nothing that the grammar does not allow", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await home.write("secret", "a secret beside the layout");
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response("secret"));
  const asked: readonly string[] = [
    `t.blobSource(image, { digest: "sha256:../../../secret", size: 1 }).open(0)`,
    `t.blobSource(image, { digest: "../secret", size: 1 }).open(0)`,
    `t.blobSource(image, { digest: "sha256:${
      "0".repeat(64)
    }", size: 6, urls: ["http://127.0.0.1:${server.addr.port}/"] }).open(0)`,
    `t.blobSource(image, { digest: "sha256:${"0".repeat(64)}", size: 6, data: "c2VjcmV0" }).open(0)`,
    `t.blobSource(image, m.layers?.[0] ?? m.manifests[0]).open("0\\r\\nX: y")`,
    `t.blobSource(image, m.layers?.[0] ?? m.manifests[0]).open(-1)`,
    `t.headBlob(image, "sha256:..")`,
    `t.headManifest({ ...image, tag: "../../../x" })`,
    `t.headManifest({ ...image, digest: "sha256:../../../x", tag: "" })`,
    `t.headManifest({ ...image, path: image.path + "/." })`,
    `t.headManifest({ ...image, path: "/etc" })`,
    `t.headManifest({ ...image, repository: "x" })`,
    `t.headManifest({ ...image, scheme: "reg", registry: "127.0.0.1:${server.addr.port}", repository: "x" })`,
    `t.headManifest(null)`,
    `t.listTags({ ...image, scheme: "other" })`,
  ];
  const work = `const t = await context.transport(image); const m = await t.getManifest(image); const got = [];
    for (const ask of [${asked.map((ask) => `() => ${ask}`).join(", ")}]) {
      try { got.push("REACHED " + JSON.stringify(await ask())); } catch (error) { got.push("refused " + error.code); }
    }
    return { text: () => got.join("\\n") + "\\n" };`;
  await addActing(home, work);
  const lines = (await home.output("acting", `ocidir://${path}:v1`)).trim().split("\n");
  assert.equal(lines.length, asked.length);
  assert.deepEqual(lines.filter((line) => !/^refused [A-Z_]+$/.test(line)), []);
});

Deno.test("addresses in a repository's name reach no other part of a registry", async () => {
  await using home = await Home.make();
  const seen: string[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    seen.push(new URL(request.url).pathname);
    return new Response("{}", { status: 404 });
  });
  await addActing(
    home,
    `const t = await context.transport(image);
     for (const repository of ["../../admin", "a/../../admin", "a?x=", "a#", "A", "a//b", ""]) {
       await t.headManifest({ ...image, repository }).then(() => { throw new Error("reached"); }, () => {});
     }`,
  );
  const host = `127.0.0.1:${server.addr.port}`;
  const { code, stderr } = await home.run(["acting", `${host}/app:v1`, "--host", `reg=${host},tls=disabled`]);
  assert.deepEqual([code, seen], [0, []], stderr);
});

Deno.test("messages that are not understood fail the plugin, not the program", async () => {
  const messages = [
    "null",
    "1",
    "{}",
    `{ type: "done" }`,
    `{ type: "done", run: 1, value: { text: {}, data: "{", exit: "0", body: "x" } }`,
    `{ type: "failed", run: 1, error: null }`,
    `{ type: "failed", run: 1, error: { name: "FerryError", code: "__proto__", message: {} } }`,
    `{ type: "crashed" }`,
    `{ type: "log", run: 1, level: "__defineGetter__", message: "x", fields: "{}" }`,
    `{ type: "log", run: 1, level: "warn", message: {}, fields: "[" }`,
    `{ type: "call", run: 1, call: 1, verb: "constructor", args: 1 }`,
    `{ type: "call", run: 1, call: 1, verb: "__proto__", args: [] }`,
    `{ type: "loaded", plugin: "{" }`,
    `new SharedArrayBuffer(8)`,
    `"x".repeat(1e7)`,
  ];
  await using home = await Home.make();
  for (const message of messages) {
    await addActing(home, `postMessage(${message}); return { text: () => "after\\n" };`);
    const { code, stderr, stdout } = await home.run(["acting"]);
    assert.ok(code === 0 || code === ERROR_TABLE.PLUGIN_INVALID.exit, `${message}: ${code} ${stderr}`);
    assert.doesNotMatch(stdout + stderr, /\n\s+at |TypeError|Uncaught/, message);
  }
});

Deno.test("what a worker says that it is, is checked before it is one", async () => {
  const claims = [
    `"{"`,
    `"null"`,
    `"[]"`,
    `'{"name":"acting"}'`,
    `'{"name":"acting","summary":"S","api":1,"commands":{"__proto__":{"spec":{"summary":""}}}}'`,
    `'{"name":"../acting","summary":"S","api":1,"commands":{}}'`,
    `'{"name":"acting","summary":"S","api":1,"commands":{},"transports":{"x":{}}}'`,
    `'{"name":"acting","summary":"S","api":1,"commands":7,"verbs":[],"hook":"before","unconfinable":{}, "x": 1}'`,
    `undefined`,
    `new Map()`,
  ];
  await using home = await Home.make();
  for (const claim of claims) {
    const file = await home.write("acting.js", acting("", `postMessage({ type: "loaded", plugin: ${claim} });`));
    const { code, stderr } = await home.run(["plugin", "add", "-y", "--confine", file]);
    assert.equal(code, ERROR_TABLE.PLUGIN_INVALID.exit, `${claim}: ${stderr}`);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
  assert.equal(Object.hasOwn(Object.prototype, "spec"), false);
});

Deno.test("a terminal is told nothing by a confined plugin: texts, data, logs, errors and help are plain", async () => {
  await using home = await Home.make();
  const escape = "\\u001b]0;title\\u0007\\u009b31m\\u202e";
  const text = acting(
    `if (image?.tag === "fail") throw new FerryError("POLICY", "no${escape}\\nerror: forged", { hint: "h${escape}" });
     context.log.warn("l${escape}", { plugin: "other", ["k${escape}"]: "v${escape}" });
     console.log("c${escape}"); console.error({ a: "e${escape}" });
     return { text: () => "t${escape}\\n", data: () => ({ ["k${escape}"]: ["d${escape}"] }) };`,
  ).replace('summary: "Act"', `summary: "S${escape}"`).replace('{ summary: "Act",', `{ summary: "s${escape}",`);
  const added = await home.run(["plugin", "add", "-y", "--confine", await home.write("acting.js", text)]);
  const shown = [
    added,
    await home.run(["acting"]),
    await home.run(["acting", "--format", "{{range $k, $v := .}}{{$k}}{{$v}}{{end}}"]),
    await home.run(["acting", "a:fail"]),
    await home.run(["acting", "--help"]),
    await home.run(["--help"]),
    await home.run(["plugin", "list"]),
    await home.run(["__complete", "act"]),
  ];
  assert.deepEqual(shown.map(({ code }) => code), [0, 0, 0, ERROR_TABLE.POLICY.exit, 0, 0, 0, 0]);
  for (const { stderr, stdout } of shown) {
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(stdout + stderr, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
  }
  assert.match(shown[1]!.stderr, /msg="?l.* plugin=acting/);
  assert.doesNotMatch(shown[1]!.stderr, /plugin=other/);
  assert.match(shown[1]!.stderr, /level=ERROR msg=.*\{ a:.* plugin=acting/);
  assert.match(shown[3]!.stderr, /^error: Plugin "acting": no\S* error: forged\nhint: h\S*\n$/);
});

Deno.test("bytes of a confined plugin go to files and pipes, not to a terminal", async () => {
  await using home = await Home.make();
  await addActing(home, `return { body: new TextEncoder().encode("\\u001b[2J") };`);
  assert.equal(await home.output("acting"), "\u001b[2J");
  const written: Uint8Array[] = [];
  const take = (bytes: Uint8Array) => void written.push(bytes);
  const stdout = { isTerminal: true, write: (bytes: Uint8Array) => Promise.resolve(take(bytes)), writeSync: take };
  const { code, stderr } = await home.run(["acting"], { options: { stdout } });
  assert.deepEqual([code, written.length], [ERROR_TABLE.UNSUPPORTED.exit, 0]);
  assert.match(stderr, /not shown on a terminal\nhint: write them to a file/);
});

Deno.test("a confined plugin that waits for nobody, talks without end, or blocks its thread is stopped by a signal", async () => {
  for (
    const work of [
      "await new Promise(() => {});",
      "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
      "for (;;) { context.log.debug('x'); await new Promise((resolve) => setTimeout(resolve)); }",
    ]
  ) {
    await using home = await Home.make();
    await addActing(home, work);
    const { code } = await home.run(["acting"], {
      options: {
        signals: (listener) => {
          const timer = setTimeout(() => listener("SIGINT"), 200);
          return () => clearTimeout(timer);
        },
      },
    });
    assert.equal(code, ERROR_TABLE.INTERRUPTED.exit, work);
  }
});

Deno.test("a verb that takes the place of another, which would be given its passwords, is not confined", async () => {
  await using home = await Home.make();
  const { code, stderr } = await home.run(["plugin", "add", "-y", "--confine", sample("verbs.ts")]);
  assert.equal(code, ERROR_TABLE.PLUGIN_INVALID.exit);
  assert.match(stderr, /cannot be confined: it has a verb that takes the place of another/);
});

Deno.test("only variables that were granted are told, and they cannot be changed", async () => {
  await using home = await Home.make();
  const text = acting(
    `const got = [context.env("GRANTED"), context.env("UNSET")];
     try { got.push(context.env("HOME")); } catch (error) { got.push(error.code); }
     return { text: () => got.join() + "\\n" };`,
  );
  const file = await home.write("acting.js", text);
  await home.output("plugin", "add", "-y", "--confine", file, "--allow-env", "GRANTED,UNSET");
  const { stdout } = await home.run(["acting"], { env: { GRANTED: "=yes" } });
  assert.equal(stdout, "=yes,,DENIED\n");
});
