import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run as command } from "../../scripts/build/command.ts";
import { buildPrograms } from "../../scripts/build/programs.ts";
import { ownTarget } from "../../scripts/build/targets.ts";
import { ERROR_TABLE } from "../../src/errors.ts";
import { type ProgramResult, run } from "../support/programs.ts";
import { esbuildFolder } from "./esbuild.ts";
import { Home, sample, tinyPlugin } from "./harness.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The runtime that a build takes must be here already: a test waits for no download. */
async function hasRuntime(): Promise<boolean> {
  if (Deno.env.get("DENORT_BIN")) return true;
  const cache = Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") ?? "", ".cache");
  const { denoDir } = JSON.parse(await command(Deno.execPath(), ["info", "--json"]));
  const own = join(denoDir, "dl", "release", `v${Deno.version.deno}`, `denort-${Deno.build.target}.zip`);
  if (await Deno.stat(own).then(() => true, () => false)) return true;
  try {
    return [...Deno.readDirSync(join(cache, "ferry"))].some(({ name }) => name.startsWith("denort-"));
  } catch {
    return false;
  }
}

const target = ownTarget();
const ready = target !== undefined && await hasRuntime();
const name = "the compiled program, in an empty environment";

Deno.test({ name: ready ? name : `${name} (skipped: the runtime of Deno is not here)`, ignore: !ready }, async (t) => {
  await using home = await Home.make();
  const file = home.at("ferry");
  const bundleDir = home.at("bundle");
  await buildPrograms({ root: ROOT, bundleDir, targets: [target!], release: false, output: () => file }, () => {});
  await Deno.remove(bundleDir, { recursive: true });
  const env: Record<string, string> = {
    HOME: home.path,
    XDG_DATA_HOME: home.at("data"),
    XDG_CONFIG_HOME: home.at("config"),
  };
  // Nothing of the test's own environment goes along: neither a PATH nor Deno's variables.
  const ferry = async (...args: string[]): Promise<ProgramResult> => {
    const { code, stderr, stdout } = await new Deno.Command(file, {
      args,
      env,
      clearEnv: true,
      cwd: home.path,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = new TextDecoder();
    return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
  };
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stderr, stdout } = await ferry(...args);
    assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const { path } = await home.layout();

  await t.step("TypeScript with lazy handlers and JSON, for one run and added", async () => {
    assert.equal(await ok("--plugin", sample("greet"), "greet", "say", "a:1"), "Hello docker.io/library/a:1!\n");
    await ok("plugin", "add", "-y", sample("greet"));
    assert.equal(await ok("greet", "say", "a:1", "--mood", "sad"), "Hello docker.io/library/a:1...\n");
    assert.deepEqual(JSON.parse(await ok("greet", "data")), { hello: "Hello" });
  });
  await t.step("verbs share the program's own errors", async () => {
    await ok("plugin", "add", "-y", sample("verbs.ts"));
    const { code, stderr } = await ferry("image", "lint", "--strict", `ocidir://${path}:v1`);
    assert.deepEqual([code, stderr], [ERROR_TABLE.POLICY.exit, "error: Image has no labels\nhint: add some\n"]);
  });
  await t.step("a transport, a hook, a template function and a global of scripts", async () => {
    for (const name of ["tar.ts", "policy.ts", "shout.ts"]) await ok("plugin", "add", "-y", sample(name));
    await ok("image", "export", `ocidir://${path}:v1`, home.at("image.tar"));
    await ok("image", "copy", `tar://${home.at("image.tar")}:v1`, `ocidir://${home.at("out")}:dev`);
    const { code } = await ferry("image", "copy", `ocidir://${path}:v1`, `ocidir://${home.at("out")}:prod`);
    assert.equal(code, ERROR_TABLE.POLICY.exit);
    assert.equal(await ok("greet", "say", "a:1", "--format", "{{shout .text 1}}"), "HELLO DOCKER.IO/LIBRARY/A:1!!");
    const file = await home.write(
      "bot.yaml",
      'version: 1\nscripts:\n  - name: x\n    script: log(shout.loud("hello"))\n',
    );
    assert.match((await ferry("bot", "once", "-c", file, "-v", "info")).stderr, /HELLO x false/);
  });
  await t.step("a confined plugin has no rights but those that were granted", async () => {
    const image = `ocidir://${path}:v1`;
    await ok("plugin", "add", "-y", "--confine", sample("confined.ts"));
    assert.match(await ok("confined", "read", image), /^amd latest sbom v1: \d{4,}\n$/);
    for (const verb of ["file", "net", "env", "elsewhere"]) {
      const { code, stderr } = await ferry("confined", verb, image);
      assert.equal(code, ERROR_TABLE.DENIED.exit, `${verb}: ${stderr}`);
    }
    for (const verb of ["exit", "crash", "reject", "write", "run", "nested"]) {
      const { code, stderr } = await ferry("confined", verb, image);
      assert.equal(code, ERROR_TABLE.PLUGIN_INVALID.exit, verb);
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
    await ok("plugin", "remove", "confined");
    await ok("plugin", "add", "-y", "--confine", sample("hostile.ts"));
    const lines = (await ok("hostile")).trim().split("\n");
    assert.deepEqual(lines.filter((line) => !/^\w+: (?:nothing$|refused: .)/.test(line)), []);
    await ok("plugin", "remove", "hostile");
  });
  await t.step("broken, outdated and changed ones are named", async () => {
    const refused = async (name: string, text: string, wanted: RegExp) => {
      const { code, stderr } = await ferry("plugin", "add", "-y", await home.write(name, text));
      assert.equal(code, ERROR_TABLE.PLUGIN_INVALID.exit, name);
      assert.match(stderr, wanted);
      assert.doesNotMatch(stderr, /\n\s+at /);
    };
    await refused("syntax.js", "export default {", /cannot be loaded/);
    await refused("syntax.ts", "export default {", /not valid TypeScript/);
    await refused("throws.js", 'throw new Error("at once")', /cannot be loaded: at once/);
    await refused(
      "package.js",
      'import "left-pad";',
      /hint: a plugin may import its own files, ferry\/plugin and node:/,
    );
    await refused("newer.js", tinyPlugin("newer").replace("api: 1", "api: 2"), /needs API version 2/);
    for (const { name } of Deno.readDirSync(home.plugins)) {
      if (name.startsWith("greet-")) await Deno.writeTextFile(`${home.plugins}/${name}/say.ts`, "changed");
    }
    assert.equal((await ferry("greet", "say", "a")).code, ERROR_TABLE.PLUGIN_CHANGED.exit);
    assert.match((await ferry("plugin", "doctor")).stdout, /^greet: .*was changed since.*\nverbs: ok$/m);
  });
  await t.step("a new plugin passes its type checks and tests without a network, runs, and can be built", async () => {
    await ok("plugin", "init", "mine");
    const deno = (...args: string[]) =>
      run(Deno.execPath(), [...args], { cwd: home.at("mine"), env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" } });
    for (
      const args of [["check", "--no-remote", "--no-npm", "mod.ts", "mod_test.ts"], ["test", "--no-remote", "--no-npm"]]
    ) {
      const { code, stderr, stdout } = await deno(...args);
      assert.equal(code, 0, stdout + stderr);
    }
    const formatted = await deno("fmt", "--check");
    assert.equal(formatted.code, 0, formatted.stderr);
    const counted = await ok("--plugin", "./mine", "mine", "count", `ocidir://${path}`, "--prefix", "v");
    assert.equal(counted, "1\n");
    await ok("plugin", "add", "-y", "./mine");
    assert.equal(await ok("mine", "count", `ocidir://${path}`), "4\n");
    assert.equal((await ferry("plugin", "init", "mine")).code, ERROR_TABLE.ARGUMENT_INVALID.exit);
    await ok("plugin", "init", "mine", "--types");
    const single = await home.write("single.ts", tinyPlugin("single"));
    const [, digest] = /sha256 ([0-9a-f]{64})\n$/.exec(await ok("plugin", "build", single, "-o", "single.js")) ?? [];
    await ok("plugin", "add", "-y", "single.js", "--sha256", digest!);
    assert.equal(await ok("single"), "single\n");
    const bundler = await esbuildFolder();
    if (bundler !== undefined) {
      env.PATH = bundler;
      await ok("plugin", "build", sample("several"), "-o", "several.js");
      delete env.PATH;
      await ok("plugin", "add", "-y", "several.js");
      assert.equal(await ok("several", "say", "--loud"), "HELLO 185F8DB3!\n");
    }
    const several = await ferry("plugin", "build", "./mine");
    assert.equal(several.code, ERROR_TABLE.UNSUPPORTED.exit);
    assert.match(several.stderr, /esbuild is not on the PATH\nhint: install esbuild, or add the folder as it is/);
  });
});
