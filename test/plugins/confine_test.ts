import assert from "node:assert/strict";
import { ERROR_TABLE, type ErrorCode } from "../../src/errors.ts";
import { Home, sample, tinyPlugin } from "./harness.ts";

Deno.test("a confined plugin reads from registries and layouts, and has its output, logs and errors", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  const image = `ocidir://${path}:v1`;
  assert.match(await home.add("confined.ts", "--confine"), /noun confined \(read, .*copy hook/);
  const read = await home.run(["confined", "read", image]);
  assert.equal(read.code, 0, read.stderr);
  assert.match(read.stdout, /^amd latest sbom v1: \d{4,}\n$/);
  assert.match(read.stderr, /Image was read.*bytes=\d+ plugin=confined/);
  assert.match(await home.output("confined", "read", image, "--format", "{{len .tags}}"), /^4$/);
  const missing = await home.run(["confined", "missing", image]);
  assert.deepEqual([missing.code, missing.stdout], [3, "known as missing\n"]);
  assert.match(await home.output("plugin", "list"), /^confined +- +added, confined /m);
});

Deno.test("a confined plugin gets at nothing that was not granted", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  const image = `ocidir://${path}:v1`;
  await home.add("confined.ts", "--confine");
  const refused: readonly (readonly [string, ErrorCode, RegExp])[] = [
    ["delete", "UNSUPPORTED", /cannot delete a tag/],
    ["elsewhere", "DENIED", /cannot ask for "registry\.example\.org", which nobody named\nhint: .*--allow-net/],
    ["beside", "DENIED", /which nobody named/],
    ["reject", "PLUGIN_INVALID", /out of nothing/],
    ["config", "UNSUPPORTED", /cannot read the configuration/],
    ["file", "DENIED", /Requires read access to "\/etc\/hostname"\nhint: .*--allow-read/],
    ["write", "PLUGIN_INVALID", /Deno\.writeTextFile is not a function/],
    ["net", "DENIED", /Requires net access/],
    ["run", "PLUGIN_INVALID", /Deno\.Command is not a constructor/],
    ["env", "DENIED", /cannot read the variable "FERRY_TEST_GRANTED", which was not granted\nhint: .*--allow-env/],
    ["home", "DENIED", /cannot read the variable "HOME"/],
    ["nested", "PLUGIN_INVALID", /Worker is not defined/],
    ["exit", "PLUGIN_INVALID", /cannot end the program/],
    ["crash", "PLUGIN_INVALID", /out of nowhere/],
  ];
  for (const [verb, code, wanted] of refused) {
    const { code: exit, stderr, stdout } = await home.run(["confined", verb, image]);
    assert.deepEqual([exit, stdout], [ERROR_TABLE[code].exit, ""], `${verb}: ${stderr}`);
    assert.match(stderr, wanted, verb);
  }
});

Deno.test("what is granted is granted, and no more", async () => {
  await using home = await Home.make();
  await home.add("confined.ts", "--confine", "--allow-env", "FERRY_TEST_GRANTED", "--allow-read", "/etc/hostname");
  const granted = await home.run(["confined", "env", "a"], { env: { FERRY_TEST_GRANTED: "yes" } });
  assert.equal(granted.stdout, "yes\n");
  assert.equal((await home.run(["confined", "file", "a"])).code, 0);
  assert.equal((await home.run(["confined", "home", "a"])).code, ERROR_TABLE.DENIED.exit);
  const { code, stderr } = await home.run(["plugin", "add", "-y", sample("greet"), "--allow-net", "example.org"]);
  assert.deepEqual([code, /add --confine/.test(stderr)], [ERROR_TABLE.FLAG_INVALID.exit, true]);
});

Deno.test("a confined hook watches copies", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await home.add("confined.ts", "--confine");
  const copy = (tag: string) =>
    home.run(["image", "copy", `ocidir://${path}:v1`, `ocidir://${home.at("target")}:${tag}`]);
  assert.equal((await copy("dev")).code, 0);
  const skipped = await copy("skipped");
  assert.deepEqual([skipped.code, /this index is not wanted/.test(skipped.stderr)], [0, true]);
  const refused = await copy("prod");
  assert.equal(refused.code, ERROR_TABLE.POLICY.exit);
  assert.equal(await home.output("tag", "ls", `ocidir://${home.at("target")}`), "dev\n");
});

Deno.test("a confined plugin that never ends is stopped with the program", async () => {
  await using home = await Home.make();
  await home.add("confined.ts", "--confine");
  const { code } = await home.run(["confined", "loop", "a"], {
    options: {
      // The signal comes once the run listens to it.
      signals: (listener) => {
        queueMicrotask(() => listener("SIGINT"));
        return () => {};
      },
    },
  });
  assert.equal(code, ERROR_TABLE.INTERRUPTED.exit);
});

Deno.test("code of a plugin that is to be confined does not run outside, not even to be added", async () => {
  await using home = await Home.make();
  const text = `Deno.writeTextFileSync(${JSON.stringify(home.at("escaped"))}, "");\n${tinyPlugin("sly")}`;
  const { code, stderr } = await home.run(["plugin", "add", "-y", "--confine", await home.write("sly.ts", text)]);
  assert.deepEqual([code, /writeTextFileSync is not a function/.test(stderr)], [ERROR_TABLE.PLUGIN_INVALID.exit, true]);
  await assert.rejects(Deno.stat(home.at("escaped")), Deno.errors.NotFound);
});

Deno.test("parts that need the program itself cannot be confined", async () => {
  await using home = await Home.make();
  const { code, stderr } = await home.run(["plugin", "add", "-y", "--confine", sample("shout.ts")]);
  assert.equal(code, ERROR_TABLE.PLUGIN_INVALID.exit);
  assert.match(stderr, /cannot be confined: it has templateFunctions, luaGlobals/);
});
