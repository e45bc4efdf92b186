import assert from "node:assert/strict";
import { ERROR_TABLE } from "../../src/errors.ts";
import { Home, sample, tinyPlugin } from "./harness.ts";

Deno.test("a hook lets copies go, leaves them out and refuses them", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  const copy = (tag: string, ...more: string[]) =>
    home.run(["image", "copy", `ocidir://${path}:v1`, `ocidir://${home.at("target")}:${tag}`, ...more]);
  await home.add("policy.ts");
  const done = await copy("dev");
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /Copy was seen.*changed=true/);
  const skipped = await copy("skipped");
  assert.equal(skipped.code, 0, skipped.stderr);
  assert.match(skipped.stderr, /Copy left out by plugin \\?"policy\\?": nobody wants it/);
  assert.doesNotMatch(skipped.stderr, /Copy was seen/);
  const refused = await copy("prod");
  assert.equal(refused.code, ERROR_TABLE.POLICY.exit);
  assert.match(refused.stderr, /^error: Image sha256:[0-9a-f]{6} is not for production$/m);
  assert.equal(await home.output("tag", "ls", `ocidir://${home.at("target")}`), "dev\n");
  await home.output("plugin", "disable", "policy");
  assert.equal((await copy("prod")).code, 0);
});

Deno.test("hooks watch copies of sync and repo as well", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await home.add("policy.ts");
  const file = await home.write(
    "sync.yaml",
    `version: 1\nsync:\n  - source: ocidir://${path}:v1\n    target: ocidir://${
      home.at("a")
    }:skipped\n    type: image\n` +
      `  - source: ocidir://${path}:v1\n    target: ocidir://${home.at("a")}:dev\n    type: image\n`,
  );
  const { code, stderr } = await home.run(["sync", "once", "-c", file]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /left out by plugin/);
  assert.equal(await home.output("tag", "ls", `ocidir://${home.at("a")}`), "dev\n");
});

Deno.test("nothing is copied where a plugin with a hook cannot be loaded; reading goes on", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await home.add("policy.ts");
  for (const { isDirectory, name } of Deno.readDirSync(home.plugins)) {
    if (isDirectory) await Deno.writeTextFile(`${home.plugins}/${name}/policy.ts`, "export default {}");
  }
  const { code, stderr } = await home.run(["image", "copy", `ocidir://${path}:v1`, `ocidir://${home.at("target")}:x`]);
  assert.deepEqual([code, /"policy" is not loaded/.test(stderr)], [ERROR_TABLE.PLUGIN_CHANGED.exit, true]);
  assert.match(await home.output("tag", "ls", `ocidir://${path}`), /^v1$/m);
});

Deno.test("an answer of a hook that is not understood lets nothing through", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  const text = tinyPlugin("odd", "odd", "copyHook: { before: async () => false as never },");
  await home.output("plugin", "add", "-y", await home.write("odd.ts", text));
  const { code, stderr } = await home.run(["image", "copy", `ocidir://${path}:v1`, `ocidir://${path}:v2`]);
  assert.deepEqual([code, /"odd" gave an answer/.test(stderr)], [ERROR_TABLE.PLUGIN_INVALID.exit, true]);
});

Deno.test("templates of --format have the functions of plugins", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  const list = ["tag", "ls", `ocidir://${path}`, "--format"];
  const before = await home.run([...list, "{{shout .Name 2}}"]);
  assert.equal(before.code, ERROR_TABLE.TEMPLATE_INVALID.exit);
  await home.add("shout.ts");
  assert.equal(
    await home.output(...list, '{{range .Tags}}{{shout . 2 | printf "%s "}}{{end}}'),
    "AMD!! LATEST!! SBOM!! V1!! ",
  );
  const { code, stderr } = await home.run([...list, "{{shout 1 2}}"]);
  assert.deepEqual([code, /expected string/.test(stderr)], [ERROR_TABLE.TEMPLATE_INVALID.exit, true]);
});

Deno.test("scripts of bot have the globals of plugins", async () => {
  await using home = await Home.make();
  await home.add("shout.ts");
  const file = await home.write(
    "bot.yaml",
    'version: 1\nscripts:\n  - name: loud\n    script: log(shout.loud("hello"))\n',
  );
  const { code, stderr } = await home.run(["bot", "once", "-c", file, "--dry-run", "-v", "info"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /HELLO loud true/);
});

Deno.test("a transport serves references of its scheme, to read and to copy from", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await home.output("image", "export", `ocidir://${path}:v1`, home.at("image.tar"));
  const image = `tar://${home.at("image.tar")}:v1`;
  assert.equal((await home.run(["manifest", "head", image])).code, ERROR_TABLE.REFERENCE_INVALID.exit);
  assert.equal(await home.add("tar.ts"), "Added tar: transport tar://\n");
  const digest = (await home.output("manifest", "head", `ocidir://${path}:v1`)).trim();
  assert.equal((await home.output("manifest", "head", image)).trim(), digest);
  assert.match(await home.output("tag", "ls", `tar://${home.at("image.tar")}`), /^v1$/m);
  const { code, stderr } = await home.run(["image", "copy", image, `ocidir://${home.at("out")}:v1`]);
  assert.equal(code, 0, stderr);
  assert.equal((await home.output("manifest", "head", `ocidir://${home.at("out")}:v1`)).trim(), digest);
  const stored = await home.run(["image", "copy", `ocidir://${path}:sbom`, image]);
  assert.deepEqual([stored.code, /cannot be changed/.test(stored.stderr)], [ERROR_TABLE.UNSUPPORTED.exit, true]);
  assert.equal((await home.run(["tag", "ls", "zip://a.zip"])).code, ERROR_TABLE.REFERENCE_INVALID.exit);
});

Deno.test("a plugin of a hook and a function alone has no noun", async () => {
  await using home = await Home.make();
  await home.add("policy.ts");
  assert.equal((await home.run(["policy"])).code, ERROR_TABLE.COMMAND_UNKNOWN.exit);
  assert.doesNotMatch(await home.output("--help"), /policy/);
  assert.match(
    await home.output("plugin", "list", "--plugin", sample("shout.ts")),
    /^policy .*copy hook\nshout .*flag /m,
  );
});

Deno.test("the example of the documentation does what is said of it", async () => {
  await using home = await Home.make();
  const { index, path } = await home.layout();
  const text = await Deno.readTextFile(new URL("../../docs/plugins.md", import.meta.url));
  const [, example] = /^```ts\n(.*?)^```$/ms.exec(text) ?? [];
  assert.ok(example !== undefined);
  const added = await home.output("plugin", "add", "-y", await home.write("lint.ts", example));
  assert.equal(added, "Added lint 1.0.0: verb image lint, copy hook, template function short\n");
  assert.equal(await home.output("image", "lint", `ocidir://${path}:v1`), "no source\n");
  const { code, stderr } = await home.run(["image", "lint", "--strict", `ocidir://${path}:v1`]);
  assert.deepEqual([code, /^error: Image names no source$/m.test(stderr)], [ERROR_TABLE.POLICY.exit, true]);
  assert.equal((await home.run(["image", "copy", `ocidir://${path}:v1`, `ocidir://${path}:v2`])).code, 0);
  const refused = await home.run(["image", "copy", `ocidir://${path}:v1`, "prod.example.org/app:v1"]);
  assert.deepEqual([refused.code, /stay out/.test(refused.stderr)], [ERROR_TABLE.POLICY.exit, true]);
  const format = "{{short .GetDescriptor.Digest}}";
  assert.equal(
    await home.output("manifest", "get", `ocidir://${path}:v1`, "--format", format),
    index.digest.slice(7, 19),
  );
});
