import assert from "node:assert/strict";
import { join } from "node:path";
import { ERROR_TABLE } from "../../src/errors.ts";
import { sha256 } from "../../src/user_plugin/stage.ts";
import { Home, sample, tinyPlugin } from "./harness.ts";

Deno.test("--plugin loads a plugin for one run, wherever the flag stands, over one that was added", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  assert.equal(await home.output("--plugin", sample("greet"), "greet", "say", "a:1"), "Hello docker.io/library/a:1!\n");
  assert.equal(
    await home.output("greet", "say", "a:1", `--plugin=${sample("greet")}`),
    "Hello docker.io/library/a:1!\n",
  );
  assert.equal(await home.output("image", "lint", `ocidir://${path}:v1`, "--plugin", sample("verbs.ts")), "index\n");
  assert.equal(await home.output("tag", "ls", "--plugin", sample("verbs.ts")), "my own tags\n");
  assert.match(await home.output("__complete", "--plugin", sample("greet"), "greet", "d"), /^data\t/m);
  await home.output("plugin", "add", "-y", await home.write("tiny.ts", tinyPlugin("tiny", "one")));
  const newer = await home.write("newer.js", tinyPlugin("tiny", "two"));
  assert.equal(await home.output("tiny", "--plugin", newer), "two\n");
  assert.equal(await home.output("tiny"), "one\n");
  const { code, stderr } = await home.run(["version", "--plugin", home.at("nothing.ts")]);
  assert.equal(code, 0, stderr);
  const missing = await home.run(["greet", "--plugin", home.at("nothing.ts")]);
  assert.deepEqual([missing.code, /does not exist/.test(missing.stderr)], [ERROR_TABLE.PLUGIN_INVALID.exit, true]);
});

Deno.test("the configuration names plugins; one that is broken is named and left out, but nothing is copied without it", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await Deno.mkdir(home.at("config/ferry"), { recursive: true });
  await Deno.mkdir(home.at("mine"));
  await home.write("mine/mod.ts", tinyPlugin("mine"));
  await home.write("config/ferry/beside.ts", tinyPlugin("beside"));
  const configure = (plugins: unknown) => home.write("config/ferry/config.json", JSON.stringify({ plugins }));
  await configure(["~/mine", "beside.ts", sample("verbs.ts"), sample("shout.ts")]);
  assert.equal(await home.output("mine"), "mine\n");
  assert.equal(await home.output("beside"), "beside\n");
  assert.equal(await home.output("image", "lint", `ocidir://${path}:v1`), "index\n");
  assert.equal(
    await home.output("tag", "ls", `ocidir://${path}`, "--format", "{{shout .Name 1}}").then((text) => text.at(-1)),
    "!",
  );
  assert.match(await home.output("plugin", "list"), /^mine +- +config .*mine +noun mine$/m);
  await configure(["~/mine", "gone.ts"]);
  const { code, stderr, stdout } = await home.run(["mine"]);
  assert.deepEqual([code, stdout], [0, "mine\n"]);
  assert.match(stderr, /level=WARN msg=.*gone\.ts.*does not exist; it is left out/);
  const copied = await home.run(["image", "copy", `ocidir://${path}:v1`, `ocidir://${path}:v2`]);
  assert.equal(copied.code, ERROR_TABLE.PLUGIN_INVALID.exit);
  await configure("mine");
  const invalid = await home.run(["mine"]);
  assert.equal(invalid.code, ERROR_TABLE.COMMAND_UNKNOWN.exit);
  assert.match(invalid.stderr, /level=WARN msg=.*"plugins.*must be a list of strings; plugins are left out/);
});

Deno.test(
  { name: "a program ferry-NOUN on the PATH is the last resort", ignore: Deno.build.os === "windows" },
  async () => {
    await using home = await Home.make();
    await Deno.mkdir(home.at("bin"));
    const program = await home.write(
      "bin/ferry-deploy",
      `#!/bin/sh\nprintf '%s|' "$@" > "${home.at("said")}"\nexit 7\n`,
    );
    await home.write("bin/ferry-tag", "#!/bin/sh\nexit 8\n");
    await home.write("bin/ferry-plain", "no program");
    const env = { PATH: home.at("bin") };
    assert.equal((await home.run(["deploy"], { env })).code, ERROR_TABLE.COMMAND_UNKNOWN.exit);
    for (const name of ["ferry-deploy", "ferry-tag"]) await Deno.chmod(home.at(`bin/${name}`), 0o755);
    const { code } = await home.run(["deploy", "now", "--to", "a b", "--help"], { env });
    assert.equal(code, 7);
    assert.equal(await Deno.readTextFile(home.at("said")), "now|--to|a b|--help|");
    // Nouns of this program, and other names of the program, never run others.
    assert.equal((await home.run(["tag", "nothing"], { env })).code, ERROR_TABLE.COMMAND_UNKNOWN.exit);
    assert.equal((await home.run(["deploy"], { env, argv0: "regctl" })).code, 1);
    assert.equal((await home.run(["plain"], { env })).code, ERROR_TABLE.COMMAND_UNKNOWN.exit);
    assert.equal((await home.run(["../bin/ferry-deploy"], { env })).code, ERROR_TABLE.COMMAND_UNKNOWN.exit);
    const { stdout } = await home.run(["plugin", "list"], { env });
    assert.match(stdout, new RegExp(`^deploy +- +path ${program} +noun deploy$`, "m"));
    assert.doesNotMatch(stdout, /plain/);
  },
);

Deno.test("a file is added from an address when its sha256 is right", async () => {
  await using home = await Home.make();
  const text = tinyPlugin("far");
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    return pathname === "/far.ts" ? new Response(text) : new Response("no", { status: 404 });
  });
  const at = (path: string) => `http://127.0.0.1:${server.addr.port}/${path}`;
  const right = sha256(new TextEncoder().encode(text));
  const add = (...args: string[]) => home.run(["plugin", "add", "-y", ...args]);
  assert.equal((await add(at("far.ts"))).code, ERROR_TABLE.FLAG_INVALID.exit);
  const wrong = await add(at("far.ts"), "--sha256", "0".repeat(64));
  assert.equal(wrong.code, ERROR_TABLE.DIGEST_MISMATCH.exit);
  assert.match(wrong.stderr, new RegExp(`has sha256 ${right}, expected 0+`));
  assert.equal((await add(at("gone.ts"), "--sha256", right)).code, ERROR_TABLE.HTTP_4XX.exit);
  assert.equal((await add(at("far"), "--sha256", right)).code, ERROR_TABLE.PLUGIN_INVALID.exit);
  const far = await add("http://registry.example.org/far.ts", "--sha256", right);
  assert.deepEqual([far.code, /an https address is needed/.test(far.stderr)], [ERROR_TABLE.PLUGIN_INVALID.exit, true]);
  const done = await add(`${at("far.ts")}?token=secret`, "--sha256", right);
  assert.deepEqual([done.code, done.stdout], [0, "Added far: noun far\n"], done.stderr);
  assert.equal(await home.output("far"), "far\n");
  assert.doesNotMatch(await Deno.readTextFile(join(home.plugins, "plugins.json")), /secret/);
  const file = await home.write("far.ts", text);
  assert.equal((await add(file, "--sha256", right)).code, 0);
  assert.equal((await add(file, "--sha256", "1".repeat(64))).code, ERROR_TABLE.DIGEST_MISMATCH.exit);
});

Deno.test("two that add at a time both succeed", async () => {
  await using home = await Home.make();
  const names = ["one", "two", "three", "four"];
  const paths = await Promise.all(names.map((name) => home.write(`${name}.ts`, tinyPlugin(name))));
  await Promise.all(paths.map((path) => home.output("plugin", "add", "-y", path)));
  const { plugins } = JSON.parse(await home.output("plugin", "list", "--format", "json"));
  assert.deepEqual(plugins.map(({ name }: { readonly name: string }) => name).sort(), [...names].sort());
  for (const name of names) assert.equal(await home.output(name), `${name}\n`);
});
