import assert from "node:assert/strict";
import { ERROR_TABLE } from "../../src/errors.ts";
import type { RunResult } from "../cli/harness.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { Home, tinyPlugin } from "./harness.ts";

/** What a hook was told, one line an event: `before copy target`. */
function eventsOf({ stderr }: RunResult): string[] {
  return [...stderr.matchAll(/msg=(before|after) kind=(\S+) target=(\S+)/g)].map(([, when, kind, target]) =>
    `${when} ${kind} ${target!.replace(/^.*\/(?=[^/]+$)/, "").replace('""', "")}`.trim()
  );
}

/** Files of a folder with their sizes. */
function filesIn(path: string): string[] {
  const found: string[] = [];
  for (const { isDirectory, name } of Deno.readDirSync(path)) {
    const below = `${path}/${name}`;
    if (isDirectory) found.push(...filesIn(below));
    else found.push(`${below} ${Deno.statSync(below).size}`);
  }
  return found.sort();
}

interface Case {
  /** The command line; `OPEN` and `CLOSED` stand for a layout each. */
  readonly args: readonly string[];
  /** What a hook is told of it where it goes through, without repetitions. */
  readonly events: readonly string[];
  readonly stdin?: string;
}

const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [],
});

const around = (kind: string, name: string) => [`before ${kind} ${name}`, `after ${kind} ${name}`];

const CASES: readonly Case[] = [
  { args: ["image", "copy", "ocidir://FROM:v1", "ocidir://TO:copied"], events: around("copy", "TO:copied") },
  { args: ["image", "copy", "ocidir://TO:v1", "ocidir://TO:again"], events: around("copy", "TO:again") },
  { args: ["repo", "copy", "ocidir://FROM", "ocidir://TO", "--include", "sbom"], events: around("copy", "TO:sbom") },
  { args: ["manifest", "put", "ocidir://TO:put"], stdin: MANIFEST, events: around("put-manifest", "TO:put") },
  {
    args: ["artifact", "put", "--artifact-type", "application/x", "ocidir://TO:art"],
    stdin: "text",
    events: [...around("put-blob", "TO:art"), ...around("put-manifest", "TO:art")],
  },
  {
    args: ["image", "create", "ocidir://TO:made"],
    events: [...around("put-blob", "TO:made"), ...around("put-manifest", "TO:made")],
  },
  { args: ["index", "create", "ocidir://TO:index"], events: around("put-manifest", "TO:index") },
  {
    args: ["index", "add", "ocidir://TO:index", "--ref", "ocidir://TO:v1"],
    events: [...around("copy", "TO@"), ...around("put-manifest", "TO:index")],
  },
  {
    args: ["index", "delete", "ocidir://TO:v1", "--platform", "linux/arm64"],
    events: around("put-manifest", "TO:v1"),
  },
  {
    args: ["image", "mod", "ocidir://TO:v1", "--create", "changed", "--label", "a=b"],
    events: [
      ...around("put-blob", "TO:changed"),
      "before put-manifest TO@",
      "after put-manifest TO@",
      ...around("put-manifest", "TO:changed"),
    ],
  },
  { args: ["image", "import", "ocidir://TO:imported", "ARCHIVE"], events: around("copy", "TO:imported") },
  { args: ["blob", "put", "ocidir://TO"], stdin: "a blob", events: around("put-blob", "TO") },
  { args: ["tag", "delete", "ocidir://TO:latest"], events: around("delete-tag", "TO:latest") },
  {
    args: ["manifest", "delete", "ocidir://TO:amd", "--force-tag-dereference"],
    events: around("delete-manifest", "TO@"),
  },
];

Deno.test("a hook sees every change, and one that it refuses changes nothing", async () => {
  for (const { args, events, stdin } of CASES) {
    await using home = await Home.make();
    await home.layout("from");
    await home.layout("open");
    await home.layout("closed");
    await home.output("index", "create", `ocidir://${home.at("open")}:index`);
    await home.output("index", "create", `ocidir://${home.at("closed")}:index`);
    await home.output("image", "export", `ocidir://${home.at("from")}:v1`, home.at("archive.tar"));
    await home.add("audit.ts");
    const run = (to: string) =>
      home.run(
        args.map((word) =>
          word.replace("FROM", home.at("from")).replace("TO", home.at(to)).replace("ARCHIVE", home.at("archive.tar"))
        ),
        stdin === undefined ? {} : { stdin },
      );
    const before = filesIn(home.at("closed"));
    const refused = await run("closed");
    assert.equal(refused.code, ERROR_TABLE.POLICY.exit, `${args.join(" ")}: ${refused.stderr}`);
    assert.match(refused.stderr, /^error: .*is refused here$/m);
    assert.deepEqual(filesIn(home.at("closed")), before, args.join(" "));
    const done = await run("open");
    assert.equal(done.code, 0, `${args.join(" ")}: ${done.stderr}`);
    const seen = eventsOf(done).map((event) => event.replace(/@\S+/, "@"));
    assert.deepEqual([...new Set(seen)], events.map((event) => event.replace("TO", "open")), args.join(" "));
  }
});

Deno.test("a hook sees what goes into archives, and one that it refuses is not written", async () => {
  await using home = await Home.make();
  for (const name of ["open", "closed"]) await home.layout(name);
  await home.add("audit.ts");
  const out = home.at("out");
  await Deno.mkdir(out);
  for (
    const args of [
      ["image", "export", "IMAGE", `${out}/image.tar`],
      ["image", "export", "--compress=gzip", "IMAGE", `${out}/image.tgz`],
      ["image", "export", "IMAGE"],
      ["bundle", "create", "-o", `${out}/bundle.tar`, "IMAGE"],
      ["bundle", "create", "-o", "-", "IMAGE"],
    ]
  ) {
    const run = (name: string) => home.run(args.map((word) => word.replace("IMAGE", `ocidir://${home.at(name)}:v1`)));
    const refused = await run("closed");
    assert.deepEqual([refused.code, refused.stdout], [ERROR_TABLE.POLICY.exit, ""], args.join(" "));
    assert.match(refused.stderr, /^error: export is refused here$/m);
    assert.deepEqual(filesIn(out), []);
    const done = await run("open");
    assert.deepEqual([done.code, eventsOf(done)], [0, ["before export"]], done.stderr);
    for (const { name } of Deno.readDirSync(out)) await Deno.remove(`${out}/${name}`);
  }
});

Deno.test("a hook sees what bundles, mirrors and scripts do", async () => {
  await using home = await Home.make();
  await using registry = new FakeRegistry();
  const { path } = await home.layout("from");
  await home.layout("closed");
  const host = `reg=${registry.host},tls=disabled`;
  await home.output("bundle", "create", "-o", home.at("b.tar"), `ocidir://${path}:v1`);
  await home.add("audit.ts");
  const pushed = await home.run(["bundle", "push", home.at("b.tar"), "--to", `${registry.host}/open`, "--host", host]);
  assert.equal(pushed.code, 0, pushed.stderr);
  assert.deepEqual(eventsOf(pushed).map((event) => event.replace(/ \S+$/, "")), ["before copy", "after copy"]);
  const refused = await home.run([
    "bundle",
    "push",
    home.at("b.tar"),
    "--to",
    `${registry.host}/closed`,
    "--host",
    host,
  ]);
  assert.equal(refused.code, ERROR_TABLE.POLICY.exit);
  const sync = async (target: string) =>
    await home.write(
      "sync.yaml",
      `version: 1\nsync:\n  - source: ocidir://${path}:v1\n    target: ocidir://${
        home.at(target)
      }:s\n    type: image\n`,
    );
  const synced = await home.run(["sync", "once", "-c", await sync("open")]);
  assert.deepEqual([synced.code, eventsOf(synced)], [0, around("copy", "open:s")], synced.stderr);
  const kept = filesIn(home.at("closed"));
  assert.notEqual((await home.run(["sync", "once", "-c", await sync("closed")])).code, 0);
  assert.deepEqual(filesIn(home.at("closed")), kept);
  const bot = async (target: string, script: string) => {
    const text = script.replaceAll("TO", `ocidir://${home.at(target)}`).replaceAll("FROM", `ocidir://${path}`);
    const file = await home.write("bot.yaml", `version: 1\nscripts:\n  - name: x\n    script: |\n      ${text}\n`);
    return await home.run(["bot", "once", "-c", file]);
  };
  for (
    const [script, events] of [
      ['image.copy("FROM:v1", "TO:b")', around("copy", "open:b")],
      ['m = manifest.get("FROM:amd")  m:put("TO:m")', around("put-manifest", "open:m")],
      ['tag.delete("TO:b")', around("delete-tag", "open:b")],
    ] as const
  ) {
    const no = await bot("closed", script);
    assert.notEqual(no.code, 0, script);
    assert.deepEqual(filesIn(home.at("closed")), kept, script);
    const yes = await bot("open", script);
    assert.deepEqual([yes.code, eventsOf(yes)], [0, events], yes.stderr);
  }
});

Deno.test("referrers that go to another repository are asked about there", async () => {
  await using home = await Home.make();
  const { path } = await home.layout("from");
  await home.layout("closed");
  const put = ["artifact", "put", "--artifact-type", "application/x", "--subject", `ocidir://${path}:v1`];
  assert.equal((await home.run(put, { stdin: "signed" })).code, 0);
  await home.add("audit.ts");
  const kept = filesIn(home.at("closed"));
  const { code, stderr } = await home.run([
    "image",
    "copy",
    "--referrers",
    "--referrers-tgt",
    `ocidir://${home.at("closed")}`,
    `ocidir://${path}:v1`,
    `ocidir://${home.at("open")}:v1`,
  ]);
  assert.equal(code, ERROR_TABLE.POLICY.exit, stderr);
  assert.deepEqual(filesIn(home.at("closed")), kept);
});

Deno.test("a skip leaves out a copy, and refuses any other change", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await home.add("audit.ts");
  const copied = await home.run(["image", "copy", `ocidir://${path}:v1`, `ocidir://${path}:skipped`]);
  assert.deepEqual([copied.code, /left out by plugin \\?"audit\\?": nobody wants it/.test(copied.stderr)], [0, true]);
  const put = await home.run(["manifest", "put", `ocidir://${path}:skipped`], { stdin: MANIFEST });
  assert.equal(put.code, ERROR_TABLE.POLICY.exit);
  assert.match(put.stderr, /^error: Plugin "audit" refused to change ".*:skipped": nobody wants it$/m);
  assert.doesNotMatch(await home.output("tag", "ls", `ocidir://${path}`), /skipped/);
});

Deno.test("a confined hook sees changes and refuses them as any other", async () => {
  await using home = await Home.make();
  for (const name of ["open", "closed"]) await home.layout(name);
  assert.match(await home.add("audit.ts", "--confine"), /: write hook$/m);
  const put = (name: string) => home.run(["manifest", "put", `ocidir://${home.at(name)}:put`], { stdin: MANIFEST });
  const done = await put("open");
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /msg=before .*stored=index.* plugin=audit\n.*msg=after .*digest=sha256:\w{6} plugin=audit/);
  const refused = await put("closed");
  assert.deepEqual([refused.code, /put-manifest is refused here/.test(refused.stderr)], [
    ERROR_TABLE.POLICY.exit,
    true,
  ]);
  const exported = await home.run(["image", "export", `ocidir://${home.at("closed")}:v1`, home.at("x.tar")]);
  assert.equal(exported.code, ERROR_TABLE.POLICY.exit);
  await assert.rejects(Deno.stat(home.at("x.tar")), Deno.errors.NotFound);
});

Deno.test("what a hook changes itself is not asked about again", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  const hook = `writeHook: { async before(write, context) {
    const transport = await context.transport(write.target);
    if (write.target.tag === "new") await transport.deleteTag({ ...write.target, tag: "latest" });
  } },`;
  await home.output("plugin", "add", "-y", await home.write("tidy.js", tinyPlugin("tidy", "tidy", hook)));
  const { code, stderr } = await home.run(["manifest", "put", `ocidir://${path}:new`], { stdin: MANIFEST });
  assert.equal(code, 0, stderr);
  assert.match(await home.output("tag", "ls", `ocidir://${path}`), /^amd\nnew\nsbom\nv1\n$/);
});

Deno.test("nothing is changed where a plugin with a hook cannot be loaded; a hook around copies stops copies alone", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  const put = () => home.run(["manifest", "put", `ocidir://${path}:put`], { stdin: MANIFEST });
  const spoil = async () => {
    for (const { isDirectory, name } of Deno.readDirSync(home.plugins)) {
      if (!isDirectory) continue;
      for (const file of Deno.readDirSync(`${home.plugins}/${name}`)) {
        await Deno.writeTextFile(`${home.plugins}/${name}/${file.name}`, "");
      }
    }
  };
  await home.add("policy.ts");
  await spoil();
  assert.equal((await put()).code, 0);
  await home.output("plugin", "remove", "policy");
  await home.add("audit.ts");
  await spoil();
  assert.equal((await put()).code, ERROR_TABLE.PLUGIN_CHANGED.exit);
  assert.equal((await home.run(["image", "export", `ocidir://${path}:v1`])).code, ERROR_TABLE.PLUGIN_CHANGED.exit);
  assert.match(await home.output("tag", "ls", `ocidir://${path}`), /^v1$/m);
});
