/** What plugins of users add, in sync files. */
import assert from "node:assert/strict";
import { ERROR_TABLE } from "../../src/errors.ts";
import { Home } from "../plugins/harness.ts";

Deno.test("a source may be of a scheme that a plugin serves: a repository and an image", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await home.output("image", "export", `ocidir://${path}:v1`, home.at("image.tar"));
  const tar = `tar://${home.at("image.tar")}`;
  const file = await home.write(
    "sync.yml",
    `version: 1
sync:
  - {source: "${tar}", target: "ocidir://${home.at("all")}", type: repository}
  - {source: "${tar}:v1", target: "ocidir://${home.at("one")}:v2", type: image}
`,
  );
  const before = await home.run(["sync", "once", "-c", file]);
  assert.equal(before.code, ERROR_TABLE.CONFIG_INVALID.exit);
  assert.match(before.stderr, /sync\.yml:3:14: .*"tar:\/\/.*" is not valid/);
  await home.add("tar.ts");
  await home.output("sync", "once", "-c", file);
  const digest = await home.output("manifest", "head", `ocidir://${path}:v1`);
  for (const copy of ["all:v1", "one:v2"]) {
    assert.equal(await home.output("manifest", "head", `ocidir://${home.at(copy)}`), digest);
  }
  assert.match(await home.output("sync", "check", "-c", file), /^2 unchanged in/);
});

Deno.test("a target of such a scheme is written, kept before it is replaced, pruned, and checked with what goes along", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  await home.add("shelf.ts");
  const step = (more: string) =>
    `version: 1\nsync: [{source: "ocidir://${path}", target: "shelf://${home.at("to")}", type: repository, ${more}}]\n`;
  const file = await home.write("sync.yml", step("tags: {allow: [v1, amd]}"));
  const tags = () => home.output("tag", "ls", `shelf://${home.at("to")}`);
  await home.output("sync", "once", "-c", file);
  assert.equal(await tags(), "amd\nv1\n");

  await home.output("image", "copy", `ocidir://${path}:amd`, `ocidir://${home.at("to")}:v1`);
  const keep = `backup: "shelf://${home.at("kept")}:{{.Ref.Tag}}-old"`;
  await home.write("sync.yml", step(`tags: {allow: [v1]}, prune: true, ${keep}`));
  const { counts } = JSON.parse(await home.output("sync", "once", "-c", file, "--format", "json"));
  assert.deepEqual(counts, { copied: 1, pruned: 1 });
  assert.equal(await tags(), "v1\n");
  assert.equal(await home.output("tag", "ls", `ocidir://${home.at("kept")}`), "v1-old\n");

  await home.write("sync.yml", step("tags: {allow: [v1]}, referrers: true"));
  await home.output("sync", "once", "-c", file);
  assert.match(await home.output("sync", "check", "-c", file), /^1 unchanged in/);
});

Deno.test("templates of a sync file have the functions of plugins", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  const file = await home.write(
    "sync.yml",
    `version: 1
creds: [{registry: registry.example.org, user: '{{shout "me" 1}}', pass: x}]
sync:
  - source: "ocidir://${path}"
    target: 'ocidir://${home.path}/{{shout "loud" 0}}'
    type: repository
    tags: {allow: [v1]}
    rename: {tag: '{{shout .Tag 0}}'}
`,
  );
  const before = await home.run(["sync", "config", "-c", file]);
  assert.equal(before.code, ERROR_TABLE.CONFIG_INVALID.exit);
  assert.match(before.stderr, /sync\.yml:2:[^]*shout[^]*sync\.yml:5:[^]*shout[^]*sync\.yml:8:[^]*shout/);
  await home.add("shout.ts");
  assert.match(await home.output("sync", "config", "-c", file, "--show-secrets"), /user: "?ME!"?$/m);
  await home.output("sync", "once", "-c", file);
  assert.equal(await home.output("tag", "ls", `ocidir://${home.at("LOUD")}`), "V1\n");
});
