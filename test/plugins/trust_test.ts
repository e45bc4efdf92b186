import assert from "node:assert/strict";
import { relative } from "node:path";
import { ERROR_TABLE } from "../../src/errors.ts";
import { readIndex } from "../../src/user_plugin/record.ts";
import { sha256 } from "../../src/user_plugin/stage.ts";
import { Home, sample, tinyPlugin } from "./harness.ts";

const unix = Deno.build.os !== "windows";

Deno.test("without a home folder of its own the program runs nothing of the working folder", async () => {
  await using home = await Home.make();
  await Deno.mkdir(home.at(".config/ferry"), { recursive: true });
  await home.output("plugin", "add", "-y", await home.write("added.ts", tinyPlugin("added")));
  await home.write("named.ts", tinyPlugin("named"));
  await home.write(".config/ferry/config.json", JSON.stringify({ plugins: [home.at("named.ts")] }));
  await Deno.mkdir(home.at(".local/share"), { recursive: true });
  await Deno.rename(home.at("data/ferry"), home.at(".local/share/ferry"));
  const whole = { HOME: home.path, XDG_DATA_HOME: "", XDG_CONFIG_HOME: "" };
  assert.equal((await home.run(["added"], { env: whole })).stdout, "added\n");
  assert.equal((await home.run(["named"], { env: whole })).stdout, "named\n");
  const env = { ...whole, HOME: relative(Deno.cwd(), home.path) };
  for (const noun of ["added", "named"]) {
    assert.equal((await home.run([noun], { env })).code, ERROR_TABLE.COMMAND_UNKNOWN.exit);
  }
  assert.equal((await home.run(["plugin", "list"], { env })).stdout, "");
  const { code, stderr } = await home.run(["plugin", "add", "-y", home.at("named.ts")], { env });
  assert.deepEqual([code, /no home folder is known/.test(stderr)], [ERROR_TABLE.IO.exit, true]);
});

Deno.test(
  { name: "programs in folders of the PATH that depend on the working folder do not run", ignore: !unix },
  async () => {
    await using home = await Home.make();
    const file = await home.write("ferry-near", "#!/bin/sh\nexit 7\n");
    await Deno.chmod(file, 0o755);
    const run = async (path: string) => (await home.run(["near"], { env: { PATH: path } })).code;
    assert.equal(await run(home.path), 7);
    for (const path of [relative(Deno.cwd(), home.path), ".", "", `:${relative(Deno.cwd(), home.path)}:`]) {
      assert.equal(await run(path), ERROR_TABLE.COMMAND_UNKNOWN.exit, path);
    }
  },
);

Deno.test({ name: "a program is told of signals, and ends as it likes", ignore: !unix }, async () => {
  await using home = await Home.make();
  const text = `#!/bin/sh\ntrap 'echo got >> "${home.at("got")}"; exit 5' INT TERM\ntouch "${home.at("ready")}"\n` +
    "while :; do sleep 0.05; done\n";
  await Deno.chmod(await home.write("ferry-wait", text), 0o755);
  for (
    const [signal, terminal, wanted] of [["SIGTERM", true, 5], ["SIGTERM", false, 5], ["SIGINT", false, 5]] as const
  ) {
    await Deno.remove(home.at("ready")).catch(() => {});
    let stop: (() => void) | undefined;
    const running = home.run(["wait"], {
      env: { PATH: `${home.path}:/usr/bin:/bin` },
      terminal,
      onStart: (send) => stop = () => send(signal),
    });
    while (!await Deno.stat(home.at("ready")).then(() => true, () => false)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    stop!();
    assert.equal((await running).code, wanted, signal);
  }
  await Deno.chmod(await home.write("ferry-killed", "#!/bin/sh\nkill -KILL $$\n"), 0o755);
  assert.equal((await home.run(["killed"], { env: { PATH: `${home.path}:/bin` } })).code, 137);
});

Deno.test(
  { name: "plugins that others can change are not run, and nothing is copied past their hooks", ignore: !unix },
  async () => {
    await using home = await Home.make();
    const { path } = await home.layout();
    await home.output("plugin", "add", "-y", await home.write("tiny.ts", tinyPlugin("tiny")));
    assert.equal((await Deno.stat(home.plugins)).mode! & 0o777, 0o700);
    await Deno.chmod(home.plugins, 0o777);
    const { code, stderr } = await home.run(["tiny"]);
    assert.deepEqual([code, /everybody may write there; plugins are left out/.test(stderr)], [2, true], stderr);
    const copied = await home.run(["image", "copy", `ocidir://${path}:v1`, `ocidir://${path}:v2`]);
    assert.equal(copied.code, ERROR_TABLE.PLUGIN_INVALID.exit);
    assert.match(copied.stderr, /hint: take the right to write from others: chmod o-w/);
    await Deno.chmod(home.plugins, 0o700);
    assert.equal(await home.output("tiny"), "tiny\n");
    if (Deno.uid() !== 0) return;
    await Deno.chown(home.plugins, 12345, 12345);
    await assert.rejects(readIndex(home.plugins), /the folder is somebody else's/);
    await Deno.chown(home.plugins, 0, 0);
  },
);

Deno.test("a file brings no links and hidden files along, whose names its author guessed", async () => {
  await using home = await Home.make();
  await home.write(".secret.json", '{ "a": 1 }');
  await Deno.mkdir(home.at("down/.hidden"), { recursive: true });
  await home.write("down/.hidden/a.json", "{}");
  await Deno.symlink(home.at(".secret.json"), home.at("down/link.json"));
  await Deno.symlink(home.path, home.at("down/up"));
  for (const specifier of ["./link.json", "./up/.secret.json", "./.hidden/a.json", "../.secret.json"]) {
    const text = `import a from "${specifier}" with { type: "json" };\n${tinyPlugin("sly")}`;
    for (const confine of [[], ["--confine"]]) {
      const { code, stderr } = await home.run([
        "plugin",
        "add",
        "-y",
        await home.write("down/sly.ts", text),
        ...confine,
      ]);
      assert.equal(code, ERROR_TABLE.PLUGIN_INVALID.exit, specifier);
      assert.match(stderr, /which is not below its folder, hidden or a link/);
    }
  }
  // A folder is taken without its links and hidden files.
  await home.write("down/mod.ts", tinyPlugin("folder"));
  await Deno.remove(home.at("down/sly.ts"));
  await home.output("plugin", "add", "-y", home.at("down"));
  const { plugins } = JSON.parse(await Deno.readTextFile(`${home.plugins}/plugins.json`));
  assert.deepEqual(Object.keys(plugins[0].files), ["mod.ts"]);
});

Deno.test("what is granted is the same from everywhere, and nothing is no grant", async () => {
  await using home = await Home.make();
  const file = await home.write("tiny.ts", tinyPlugin("tiny"));
  await home.output(
    "plugin",
    "add",
    "-y",
    "--confine",
    file,
    "--allow-read",
    "some/folder",
    "--allow-net",
    "[::1]:5000",
  );
  const { plugins } = JSON.parse(await Deno.readTextFile(`${home.plugins}/plugins.json`));
  assert.deepEqual(plugins[0].confine, { read: [`${Deno.cwd()}/some/folder`], net: ["[::1]:5000"], env: [] });
  for (
    const flags of [["--allow-read", ""], ["--allow-net", " "], ["--allow-env="], ["--allow-net", "http://a/b"], [
      "--allow-net",
      "*",
    ]]
  ) {
    const { code } = await home.run(["plugin", "add", "-y", "--confine", file, ...flags]);
    assert.equal(code, ERROR_TABLE.FLAG_INVALID.exit, flags.join(" "));
  }
});

Deno.test("an address may be sent on, but not to an unsafe one, and its secrets are not told", async () => {
  await using home = await Home.make();
  const text = tinyPlugin("far");
  const digest = sha256(new TextEncoder().encode(text));
  const places: Readonly<Record<string, string>> = {
    "/on.ts": "/far.ts",
    "/file.ts": `file://${sample("greet/mod.ts")}`,
    "/http.ts": "http://registry.example.org/far.ts",
    "/loop.ts": "/loop.ts",
    "/data.ts": "data:text/javascript,1",
  };
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/far.ts") return new Response(text, { headers: { "content-type": "text/html" } });
    if (pathname === "/big.ts") return new Response(new Uint8Array(9 * 1024 * 1024));
    if (pathname === "/cut.ts") {
      return new Response(
        ReadableStream.from((async function* () {
          yield await Promise.resolve(new Uint8Array(10));
          throw new Error("cut");
        })()),
        { headers: { "content-length": "100" } },
      );
    }
    return new Response(null, { status: 302, headers: { location: places[pathname] ?? "/far.ts" } });
  });
  const host = `127.0.0.1:${server.addr.port}`;
  const add = (address: string) => home.run(["plugin", "add", "-y", "-v", "debug", address, "--sha256", digest]);
  const secret = "token=secret";
  for (
    const [name, code, wanted] of [
      ["file.ts", "PLUGIN_INVALID", /sent on to an unsafe address/],
      ["http.ts", "PLUGIN_INVALID", /sent on to an unsafe address/],
      ["data.ts", "PLUGIN_INVALID", /sent on to an unsafe address/],
      ["loop.ts", "PLUGIN_INVALID", /sent on too often/],
      ["big.ts", "PLUGIN_INVALID", /larger than 8 MiB/],
      ["cut.ts", "CONNECT", /could not be fetched/],
    ] as const
  ) {
    const { code: exit, stderr } = await add(`http://user:pass@${host}/${name}?${secret}`);
    assert.deepEqual([exit, wanted.test(stderr)], [ERROR_TABLE[code].exit, true], `${name}: ${stderr}`);
    assert.doesNotMatch(stderr, /secret|user:pass/);
  }
  for (
    const address of [
      `http://user:pass@127.0.0.1:1/far.ts?${secret}`,
      `http://u:pass@registry.example.org/far.ts?${secret}`,
    ]
  ) {
    const { code, stderr } = await add(address);
    assert.notEqual(code, 0);
    assert.doesNotMatch(stderr, /secret|pass@/);
  }
  const unsigned = await home.run(["plugin", "add", "-y", `http://${host}/far.ts?${secret}`]);
  assert.deepEqual([unsigned.code, /secret/.test(unsigned.stderr)], [ERROR_TABLE.FLAG_INVALID.exit, false]);
  const wrong = await home.run(["plugin", "add", "-y", `http://${host}/far.ts?${secret}`, "--sha256", "0".repeat(64)]);
  assert.equal(wrong.code, ERROR_TABLE.DIGEST_MISMATCH.exit);
  // Nothing was left behind by any of it.
  await assert.rejects(Deno.stat(home.plugins), Deno.errors.NotFound);
  assert.equal((await add(`http://${host}/on.ts?${secret}`)).code, 0);
  assert.equal(await home.output("far"), "far\n");
});

Deno.test("a crash in the middle of adding leaves what there was, and its rest is swept away", async () => {
  await using home = await Home.make();
  const file = await home.write("tiny.ts", tinyPlugin("tiny", "one"));
  await home.output("plugin", "add", "-y", file);
  const index = await Deno.readTextFile(`${home.plugins}/plugins.json`);
  const [before] = [...Deno.readDirSync(home.plugins)].filter(({ isDirectory }) => isDirectory);
  // Adding the same again moves its files in place before the index names them; there it is ended.
  await home.output("plugin", "add", "-y", file);
  const [after] = [...Deno.readDirSync(home.plugins)].filter(({ isDirectory }) => isDirectory);
  assert.notEqual(after!.name, before!.name);
  await Deno.rename(`${home.plugins}/${after!.name}`, `${home.plugins}/${before!.name}`);
  await Deno.writeTextFile(`${home.plugins}/plugins.json`, index);
  for (const name of [after!.name, ".new-1", "tiny-0"]) await Deno.mkdir(`${home.plugins}/${name}`);
  assert.equal(await home.output("tiny"), "one\n");
  assert.equal(await home.output("plugin", "doctor"), "tiny: ok\n");
  await home.output("plugin", "disable", "tiny");
  const kept = [...Deno.readDirSync(home.plugins)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  assert.deepEqual(kept.sort(), [".new-1", before!.name].sort());
});

Deno.test("a plugin that calls itself otherwise than when it was added is not used", async () => {
  await using home = await Home.make();
  const text = tinyPlugin("two", "two").replace(
    'name: "two"',
    'name: import.meta.url.includes(".new-") ? "two" : "image"',
  );
  await home.output("plugin", "add", "-y", await home.write("two.js", text));
  const { code, stderr } = await home.run(["two"]);
  assert.equal(code, ERROR_TABLE.PLUGIN_INVALID.exit);
  assert.match(stderr, /Plugin "two" calls itself "image" now/);
});

Deno.test("names that lead elsewhere are names of nothing", async () => {
  await using home = await Home.make();
  for (const args of [["remove", "../tiny"], ["disable", "/"], ["enable", ".."]]) {
    assert.equal((await home.run(["plugin", ...args])).code, ERROR_TABLE.NOT_FOUND.exit);
  }
  for (const name of ["../up", "a/b", ".", "A", "-x"]) {
    assert.notEqual((await home.run(["plugin", "init", "--folder", home.at("init"), "--", name])).code, 0, name);
  }
  await assert.rejects(Deno.stat(home.at("init")), Deno.errors.NotFound);
});
