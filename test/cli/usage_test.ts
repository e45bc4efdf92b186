import assert from "node:assert/strict";
import { plugins } from "../../plugins/mod.ts";
import { failure, output, run } from "./harness.ts";

Deno.test("usage errors: exit code 2, one error line and a hint", async () => {
  const cases: [string[], string][] = [
    [["tga", "ls"], 'error: Unknown command "tga"\nhint: did you mean "tag"?\n'],
    [["layr"], 'error: Unknown command "layr"\nhint: did you mean "layer"?\n'],
    [["xyzzy"], 'error: Unknown command "xyzzy"\nhint: see the commands with help\n'],
    [["tag", "lst"], 'error: Unknown command "tag lst"\nhint: did you mean "tag ls"?\n'],
    [["help", "nope"], 'error: Unknown command "nope"\nhint: see the commands with help\n'],
    [["tag", "ls", "--limt", "3", "a"], 'error: Unknown flag "--limt"\nhint: did you mean "--limit"?\n'],
    [["tag", "ls", "a", "-x"], 'error: Unknown flag "-x"\nhint: see the flags of this command with --help\n'],
    [["tag", "ls", "a", "--limit"], 'error: Flag "--limit" needs a value\nhint: write --limit=count\n'],
    [["tag", "ls", "a", "--limit=x"], 'error: Flag "--limit" must be a whole number, not "x"\n'],
    [
      ["registry", "set", "--tls", "disable"],
      'error: Flag "--tls" cannot be "disable"\nhint: did you mean "disabled"?\n',
    ],
    [
      ["--progress", "yes", "version"],
      'error: Flag "--progress" cannot be "yes"\nhint: use one of auto, tty, plain, json, none\n',
    ],
    [
      ["-v", "loud", "version"],
      'error: Flag "--verbosity" cannot be "loud"\n' +
      "hint: use trace, debug, info, warn or error, or a step such as info+2\n",
    ],
    [
      ["tag", "ls"],
      'error: Argument "repository" is missing: repository or layout to list\nhint: usage: ferry tag ls <repository>\n',
    ],
    [["version", "x"], 'error: Too many arguments: "x"\nhint: usage: ferry version\n'],
    [
      ["blob", "get", "a", "sha256:1"],
      'error: Argument "digest" must be a digest (sha256: and 64 hexadecimal characters), not "sha256:1"\n',
    ],
  ];
  for (const [args, stderr] of cases) assert.deepEqual(await failure(args), [2, stderr], args.join(" "));
});

Deno.test("references and templates are checked before anything is opened", async () => {
  for (
    const [args, message] of [
      [["tag", "ls", "docker://alpine"], /^error: Reference "docker:\/\/alpine"/],
      [["image", "digest", "a/B"], /^error: Reference "a\/B" is not valid/],
      [["tag", "ls", "ocidir:///nowhere", "--format", "{{.x"], /^error: .*template/i],
      [["tag", "ls", "ocidir:///nowhere", "--format", "{{nope}}"], /^error: .*nope/],
      [["tag", "ls", "ocidir:///nowhere", "--include", "("], /^error: Regular expression "\(" is not valid/],
      [["image", "inspect", "ocidir:///nowhere", "-p", "a/b/c/d/e"], /^error: Platform "a\/b\/c\/d\/e"/],
    ] as const
  ) {
    const [code, stderr] = await failure(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, message);
  }
});

Deno.test("failures are one JSON object where logs are JSON, wherever they happen", async () => {
  for (const args of [["tga", "--log-format", "json"], ["--logopt=json", "tag", "ls", "--nope"]]) {
    const [code, stderr] = await failure(args);
    assert.equal(code, 2);
    assert.equal(stderr.trimEnd().includes("\n"), false);
    assert.match(JSON.parse(stderr).code, /_UNKNOWN$/);
  }
});

Deno.test("help is printed with exit code 0 when it is asked for, or a noun stands alone", async () => {
  const root = await output();
  assert.equal(await output("help"), root);
  assert.equal(await output("--help"), root);
  const alone = ["version", "ref", "digest", "serve"];
  for (const { name } of plugins) if (!alone.includes(name)) assert.match(await output(name), /^[A-Z].*\n\nUsage: /);
  const ls = await output("tag", "ls", "--help");
  assert.equal(await output("help", "tag", "ls"), ls);
  assert.equal(await output("help", "tag", "list"), ls);
  assert.equal(await output("-h", "tag", "ls"), ls);
  assert.ok(ls.indexOf("Examples:") < ls.indexOf("Flags:"));
  for (const part of ["Usage: ferry tag ls <repository> [flags]", "--limit count", "-v, --verbosity", "list"]) {
    assert.ok(ls.includes(part), part);
  }
});

Deno.test("every command has help that shows each of its flags but the hidden ones", async () => {
  for (const entry of plugins) {
    const { default: plugin } = await entry.load();
    assert.equal(plugin.name, entry.name);
    assert.equal(plugin.summary, entry.summary);
    assert.deepEqual(plugin.aliases, entry.aliases);
    for (const [verb, { spec }] of Object.entries(plugin.commands)) {
      const text = await output(...[entry.name, verb, "--help"].filter((word) => word !== ""));
      assert.ok((spec.examples ?? []).length > 0, `${entry.name} ${verb} has no example`);
      for (const [name, flag] of Object.entries(spec.flags ?? {})) {
        assert.equal(
          [" ", "\n", "["].some((end) => text.includes(`--${name}${end}`)),
          flag.hidden !== true,
          `${verb} ${name}`,
        );
      }
    }
  }
});

Deno.test("every command's handler loads, and every example is a command line that parses", async () => {
  const { readInput } = await import("../../src/cli/input.ts");
  const { findCommand } = await import("../../src/cli/find.ts");
  const { builtInServices } = await import("../../src/cli/services.ts");
  for (const entry of plugins) {
    const { default: plugin } = await entry.load();
    for (const command of Object.values(plugin.commands)) {
      assert.equal(typeof (await command.load()).default, "function");
      for (const example of command.spec.examples ?? []) {
        const line = example.command.replace(/ ?[<>|].*$/, "").replaceAll("sha256:...", `sha256:${"0".repeat(64)}`);
        const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replace(/['"]/g, ""));
        const found = await findCommand(words, plugins);
        assert.equal(found.kind, "command", example.command);
        if (found.kind !== "command") continue;
        assert.equal(found.command, command, example.command);
        await readInput(found.words, found.command.spec, "x", () => builtInServices().readers());
      }
    }
  }
});

Deno.test("aliases of regctl's commands", async () => {
  const aliases = [
    "image cp",
    "image del",
    "image rm",
    "image remove",
    "image config",
    "image head",
    "image rate-limit",
    "tag list",
    "tag rm",
    "repo list",
    "repo cp",
    "manifest pull",
    "manifest push",
    "manifest digest",
    "manifest rm",
    "layer pull",
    "layer put",
    "blob push",
    "blob cp",
    "layer rm",
  ];
  for (const alias of aliases) assert.match(await output(...alias.split(" "), "--help"), /\nUsage: ferry /, alias);
});

Deno.test("version prints what regctl's does, under its names", async () => {
  const text = await output("version");
  assert.match(text, /^VCSTag: {5}\S+\n/);
  assert.match(text, /\nPlatform: {3}\w+\/\w+\n/);
  assert.match(await output("version", "--format", "{{.Platform}}"), /^\w+\/\w+$/);
  const json = JSON.parse(await output("version", "--format", "json"));
  assert.deepEqual(Object.keys(json), [
    "VCSTag",
    "VCSRef",
    "VCSCommit",
    "VCSState",
    "VCSDate",
    "Platform",
    "GoVer",
    "GoCompiler",
  ]);
});

Deno.test("ref and digest, which help does not show", async () => {
  assert.equal(await output("ref", "alpine"), "docker.io/library/alpine:latest");
  assert.equal(
    await output("ref", "localhost:5000/a:b", "--format", "{{.Registry}} {{.Tag}} {{.Reference}}"),
    "localhost:5000 b localhost:5000/a:b",
  );
  assert.equal((await failure(["ref", "a/B"]))[0], 2);
  const digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
  assert.equal((await run(["digest"], { stdin: "hello" })).stdout, digest);
  assert.equal((await run(["digest", "--format", "{{.Algorithm}}"], { stdin: "hello" })).stdout, "sha256");
  assert.match((await run(["digest", "--algorithm", "sha512"], { stdin: "hello" })).stdout, /^sha512:[0-9a-f]{128}$/);
  assert.equal((await output()).includes("digest  "), false);
});

Deno.test("called as regctl, it exits with 0 or 1 and shows its name", async () => {
  for (const argv0 of ["/usr/local/bin/regctl", "regctl.exe"]) {
    const wrong = await run(["tag", "ls", "--nope", "x"], { argv0 });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /^error: Unknown flag "--nope"/);
    const help = await run(["tag", "ls", "-h"], { argv0 });
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Usage: regctl tag ls/);
  }
});

Deno.test("a reader of standard output that went away is no failure", async () => {
  const { code, stderr } = await run(["version"], { closeAfter: 0 });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
});
