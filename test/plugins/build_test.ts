import assert from "node:assert/strict";
import { ERROR_TABLE } from "../../src/errors.ts";
import { esbuildFolder } from "./esbuild.ts";
import { Home, sample, tinyPlugin } from "./harness.ts";

const folder = await esbuildFolder();
const why = folder === undefined ? " (skipped: esbuild is not in the cache of packages)" : "";
const env = { PATH: folder ?? "" };

Deno.test({
  name: `a plugin of several modules is built to one file, which is all that is added${why}`,
  ignore: why !== "",
}, async () => {
  await using home = await Home.make();
  const file = home.at("one.js");
  const built = await home.run(["plugin", "build", sample("several"), "-o", file, "--format", "json"], { env });
  assert.equal(built.code, 0, built.stderr);
  const { sha256, size } = JSON.parse(built.stdout);
  const text = await Deno.readTextFile(file);
  assert.equal(size, text.length);
  // The program's own module stays outside, and nothing else is left to import.
  const imported = [...text.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(imported)].sort(), ["ferry/plugin", "node:crypto"]);
  const added = await home.output("plugin", "add", "-y", file, "--sha256", sha256);
  assert.equal(added, "Added several 1.2.3: noun several (say), template function shoutOut\n");
  assert.equal(await home.output("several", "say"), "Hello 185f8db3\n");
  assert.equal(await home.output("several", "say", "--loud", "--format", "{{shoutOut .said}}"), "HELLO 185F8DB3!!");
  const refused = await home.run(["several", "say", "--loud=false"]);
  assert.deepEqual([refused.code, refused.stderr], [
    ERROR_TABLE.POLICY.exit,
    "error: It has to be loud\nhint: add --loud\n",
  ]);
});

Deno.test({ name: `packages are built into the file${why}`, ignore: why !== "" }, async () => {
  await using home = await Home.make();
  await Deno.mkdir(home.at("mine/node_modules/words"), { recursive: true });
  await home.write("mine/node_modules/words/index.js", 'module.exports = { hello: "from a package" };');
  await home.write("mine/node_modules/words/package.json", '{ "name": "words", "main": "index.js" }');
  const text = tinyPlugin("mine", "${words.hello}").replace(/"(\$\{[^"]*)"/, "`$1`");
  await home.write("mine/mod.ts", `import words from "words";\n${text}`);
  const built = await home.run(["plugin", "build", home.at("mine"), "-o", home.at("mine.js")], { env });
  assert.equal(built.code, 0, built.stderr);
  await home.output("plugin", "add", "-y", "--confine", home.at("mine.js"));
  assert.equal(await home.output("mine"), "from a package\n");
});

Deno.test({ name: `what cannot be bundled is named, and nothing is written${why}`, ignore: why !== "" }, async () => {
  await using home = await Home.make();
  const file = await home.write("bad.ts", `import "./gone.ts";\n${tinyPlugin("bad")}`);
  const { code, stderr } = await home.run(["plugin", "build", file, "-o", home.at("bad.js")], { env });
  assert.equal(code, ERROR_TABLE.PLUGIN_INVALID.exit);
  assert.match(stderr, /^error: Plugin ".*bad\.ts" could not be bundled: .*gone\.ts/);
  await assert.rejects(Deno.stat(home.at("bad.js")), Deno.errors.NotFound);
});

Deno.test("without a bundler a plugin of one module is built, and others say what is missing", async () => {
  await using home = await Home.make();
  const run = (path: string) =>
    home.run(["plugin", "build", path, "-o", home.at("one.js")], { env: { PATH: home.path } });
  const several = await run(sample("several"));
  assert.equal(several.code, ERROR_TABLE.UNSUPPORTED.exit);
  assert.match(several.stderr, /imports other modules, and esbuild is not on the PATH\nhint: install esbuild, or add/);
  assert.equal((await run(await home.write("tiny.ts", tinyPlugin("tiny")))).code, 0);
  assert.equal(await home.output("--plugin", home.at("one.js"), "tiny"), "tiny\n");
});
