/** What scripts can do, over this project's own registry. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { run } from "../cli/harness.ts";
import { bytesOf, Place } from "../serve/harness.ts";
import { once, pushImage, snapshot } from "./harness.ts";

/** Runs a script that must succeed; gives what it printed. */
async function printed(place: Place, script: string, more = ""): Promise<string> {
  const { code, stderr, stdout } = await once(place, script.replaceAll("@REG@", place.host), { more });
  assert.equal(code, 0, stderr);
  return stdout;
}

Deno.test("references, lists and descriptors", async () => {
  await using place = await Place.open();
  const digest = await pushImage(place, "org/app", "v1");
  await pushImage(place, "org/app", "v2", { index: true });
  await pushImage(place, "other", "x");
  const text = await printed(
    place,
    `
    local r = reference.new("@REG@/org/app:v1")
    print(r:tag(), r:digest() == "", tostring(r) == "@REG@/org/app:v1", type(r))
    r:digest("${digest}") print(r:tag() == "", r:digest() == "${digest}")
    r:tag("v2") print(r:tag(), r:digest() == "")
    print(table.concat(repo.ls("@REG@"), ","), table.concat(repo.ls("@REG@", {limit = 1}), ","))
    print(table.concat(tag.ls(r), ","), table.concat(tag.ls("@REG@/org/app", {last = "v1"}), ","))
    print(manifest.descriptor("@REG@/org/app:v1").Digest == "${digest}", manifest.head(r):descriptor().mediaType)
    print(select(2, pcall(tag.ls, "@REG@/missing")))
    print(select(2, pcall(tag.ls, {})))
    print(select(2, pcall(tag.ls, "A B")))
    r:close() reference.close(r)
    print(reference.new("alpine"))
  `,
  );
  const [first, ...rest] = text.trimEnd().split("\n");
  assert.equal(first, "v1\ttrue\ttrue\tuserdata");
  assert.deepEqual(rest.slice(0, 5), [
    "true\ttrue",
    "v2\ttrue",
    "org/app,other\torg/app",
    "v1,v2\tv2",
    "true\tapplication/vnd.oci.image.index.v1+json",
  ]);
  assert.match(rest[5]!, /^test:\d+: Failed retrieving tag list: .*\[http 404\] \(NAME_UNKNOWN\)$/);
  assert.match(rest[6]!, /bad argument #1 to 'tag.ls' \(reference expected\)$/);
  assert.match(rest[7]!, /bad argument #1 to 'tag.ls' \(reference parsing failed: /);
  assert.equal(rest[8], "docker.io/library/alpine:latest");
});

Deno.test("manifests and configurations by Go's names and JSON's", async () => {
  await using place = await Place.open();
  await pushImage(place, "app", "v1", { index: true, labels: { version: "1", "a<b": "x&y" } });
  const text = await printed(
    place,
    `
    local list = manifest.getList("@REG@/app:v1")
    print(list.SchemaVersion == nil, list.schemaVersion, list.Versioned.SchemaVersion, #list.manifests, #list.Manifests)
    print(list.manifests[1].platform.architecture, list.Manifests[1].Platform.Architecture, list.Annotations ~= nil)
    local m = manifest.get("@REG@/app:v1")
    print(m.MediaType == m.mediaType, #m.layers, m.Layers[1].Size == m.layers[1].size, rawequal(m.Layers, m.layers))
    print(m.config.digest == m.Config.Digest, type(m:config()), m:config().author == "")
    local ic = image.config(m)
    print(ic.Config.Labels.version, ic.config.Labels.version, ic.created, ic.Created, ic.History[1].created)
    print(ic.Platform.OS == ic.os, ic.OS == ic.os, #ic.RootFS.DiffIDs, ic.rootfs.type, ic.Config.Env[1], ic.Config.StopSignal == "")
    print(image.config("@REG@/app:v1").Config.Labels.version, tostring(ic):match('"version": "(%d)"'), tostring(list):sub(1, 1))
    print(pcall(function() ic.Author = "me" end))
    print(image.manifest("@REG@/app:v1").MediaType == m.MediaType, image.manifestHead("@REG@/app:v1"):get().MediaType == m.MediaType)
    print(m:ratelimit().Set, image.ratelimitWait("@REG@/app:v1", 100, "1s", "1s"), m:ratelimitWait(5))
    print(select(2, pcall(image.config, list)))
    print(select(2, pcall(manifest.get, "@REG@/app:v9")))
  `,
  );
  const lines = text.trimEnd().split("\n");
  assert.deepEqual(lines.slice(0, 8), [
    "false\t2\t2\t2\t2",
    "s390x\ts390x\ttrue",
    "true\t1\ttrue\ttrue",
    "true\tuserdata\ttrue",
    "1\t1\t2021-01-01 00:00:00 +0000 UTC\t2021-01-01 00:00:00 +0000 UTC\t2021-01-01 00:00:00.5 +0200 +0200",
    "true\ttrue\t1\tlayers\tPATH=/bin\ttrue",
    "1\t1\t{",
    "false\ttest:12: attempt to index a imageconfig value (upvalue 'ic')",
  ]);
  assert.deepEqual(lines.slice(8, 10), ["true\ttrue", "false\ttrue\ttrue"]);
  assert.match(lines[10]!, /Failed looking up ".*" config digest/);
  assert.match(lines[11]!, /Failed retrieving ".*:v9" manifest: .*MANIFEST_UNKNOWN/);
});

Deno.test("what a script edits and exports is stored; what it leaves is stored byte for byte", async () => {
  await using place = await Place.open();
  const digest = await pushImage(place, "app", "v1", { labels: { old: "1" } });
  const text = await printed(
    place,
    `
    local m = manifest.get("@REG@/app:v1")
    manifest.put(m:export(), "@REG@/app:same")
    local ic = m:config()
    ic.Config.Labels["new"] = "2" ic.Config.Labels["old"] = nil ic.config.Env = nil
    local edited = ic:export()
    local d, size = blob.put("@REG@/app", edited)
    m.config.digest = d m.Config.Size = size m.annotations["k"] = "v"
    m:export():put("@REG@/app:edited")
    local back = image.config("@REG@/app:edited")
    print(back.Config.Labels.new, back.Config.Labels.old, #back.Config.Env, manifest.get("@REG@/app:edited").Annotations.k)
    local d2, size2 = blob.put("@REG@/app", "a\\0b")
    print(d2, size2, blob.put("@REG@/other", blob.head("@REG@/app", d2)) == d2, type(blob.get("@REG@/app", d2)))
    print(select(2, pcall(blob.head, "@REG@/app", "sha256:" .. ("0"):rep(64))))
  `,
  );
  const [edited, blob, missing] = text.split("\n");
  assert.equal(edited, "2\tnil\t0\tv");
  assert.equal(blob, `${digestOf(bytesOf("a\0b"))}\t3\ttrue\tuserdata`);
  assert.match(missing!, /Failed retrieving .* blob .*BLOB_UNKNOWN/);
  const state = await snapshot(place);
  assert.equal(state["app:same"], digest);
  assert.notEqual(state["app:edited"], digest);
});

Deno.test("copies, deletes and what refers to an image", async () => {
  await using place = await Place.open();
  const digest = await pushImage(place, "app", "v1", { index: true });
  await pushImage(place, "app", "v2");
  const child = (await place.send("GET", `/v2/app/manifests/v1`)).json.manifests[1].digest;
  const empty = await place.push("app", bytesOf("{}"));
  const referrer = bytesOf(JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/x-sbom",
    config: { mediaType: "application/vnd.oci.empty.v1+json", digest: empty, size: 2 },
    layers: [],
    subject: { mediaType: "application/vnd.oci.image.index.v1+json", digest, size: 100 },
  }));
  (await place.put("app", digestOf(referrer), referrer)).is(201);
  const text = await printed(
    place,
    `
    local list = artifact.list("@REG@/app:v1", {artifactType = "application/x-sbom"})
    print(#list, list[1].artifactType, #artifact.list("@REG@/app:v2"))
    image.copy("@REG@/app:v1", "@REG@/copy:v1", {referrers = true})
    print(#artifact.list("@REG@/copy:v1"))
    image.copy("@REG@/app:v1", "@REG@/one:v1", {platforms = {"linux/s390x"}, sparse = false})
    tag.delete("@REG@/app:v2")
    manifest.head("@REG@/one:v1"):delete()
    local info = tag.info("@REG@/copy:v1")
    print(info.digest == "${digest}", info.created, info.size > 0, info.platform ~= nil, info.labels ~= nil)
  `,
  );
  assert.equal(text, "1\tapplication/x-sbom\t0\n1\ntrue\t2021-01-01 00:00:00 +0000 UTC\ttrue\ttrue\ttrue\n");
  assert.ok(child);
  assert.deepEqual(await snapshot(place), { "app:v1": digest, "copy:v1": digest });
});

Deno.test("a dry run changes nothing of any kind, and says what would be", async () => {
  await using place = await Place.open();
  await pushImage(place, "app", "v1");
  const before = await snapshot(place);
  const script = `
    image.copy("@REG@/app:v1", "@REG@/app:v2") tag.delete("@REG@/app:v1")
    manifest.get("@REG@/app:v1"):delete() manifest.put("@REG@/app:v1", "@REG@/app:v3")
    print(blob.put("@REG@/new", "content"))`.replaceAll("@REG@", place.host);
  const { code, stderr, stdout } = await once(place, script, { args: ["--dry-run"] });
  assert.equal(code, 0, stderr);
  assert.deepEqual(await snapshot(place), before);
  assert.equal(stdout, `${digestOf(bytesOf("content"))}\t7\n`);
  for (const message of ["Copy image", "Delete tag", "Delete manifest", "Put manifest", "Put blob"]) {
    assert.match(stderr, new RegExp(`msg="${message}".* dry-run=true`));
  }
  assert.equal((await place.send("HEAD", `/v2/new/blobs/${digestOf(bytesOf("content"))}`)).status, 404);
});

Deno.test("versions, times, JSON and the environment", async () => {
  await using place = await Place.open();
  const script = `
    print(table.concat(semver.sort({"v1.10", "v1.9", "latest", "1.2.3-rc1", "1.2.3"}), " "), semver.sort({"1", "2"}, true)[1])
    print(semver.match("v1.4.2", "^1.2"), semver.match("2.0", "<2"), semver.match("x", ">0"), semver.compare("1.9", "1.10"))
    print(semver.parse("v1.2.3-rc1").minor, semver.parse("x"), select(2, pcall(semver.match, "1", "~~")) ~= nil)
    print(time.parse("2021-01-01T00:00:00Z"), time.parse("2021-01-01 02:00:00.5 +0200 CEST"), time.parse("x"), time.format(0))
    local t = json.decode('{"a": [1, 2.5, "x"], "b": {"c": null, "d": true}}')
    print(#t.a, t.a[2], t.b.c, t.b.d, json.encode({1, 2, {x = "y"}}), json.encode({a = 1}, true) == '{\\n  "a": 1\\n}')
    print(select(2, pcall(json.decode, "{")))
    print(env.get("SEEN"), env.get("HIDDEN"), os.getenv("SEEN"), os.getenv("HIDDEN"))`;
  const { code, stderr, stdout } = await once(place, script, {
    more: "defaults:\n  env: [SEEN]\n",
    env: { SEEN: "yes", HIDDEN: "secret" },
  });
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  assert.deepEqual(lines.slice(0, 5), [
    "1.2.3-rc1 1.2.3 v1.9 v1.10\t2",
    "true\tfalse\tfalse\t-1",
    "2\tnil\ttrue",
    "1609459200\t1609459200.5\tnil\t1970-01-01 00:00:00 +0000 UTC",
    '3\t2.5\tnil\ttrue\t[1,2,{"x":"y"}]\ttrue',
  ]);
  assert.match(lines[5]!, /^test:\d+: Failed decoding JSON/);
  assert.equal(lines[6], "yes\tnil\tyes\tnil");
});

Deno.test("a script that asks about one tag after the other is read ahead for, with the same answers and no more requests", async () => {
  await using place = await Place.open();
  for (let at = 10; at < 40; at++) await pushImage(place, "app", `v${at}`, { labels: { at: `${at}` } });
  const script = `
    local seen = {}
    for _, t in ipairs(tag.ls("@REG@/app")) do seen[#seen + 1] = image.config("@REG@/app:" .. t).Config.Labels.at end
    print(table.concat(seen, ","))`;
  const ahead = await printed(place, script);
  const plain = await printed(place, script, "defaults:\n  readAhead: false\n");
  assert.equal(ahead, plain);
  assert.equal(ahead, `${Array.from({ length: 30 }, (_, at) => at + 10).join(",")}\n`);
});

Deno.test("a library is there however a script comes by its name", async () => {
  for (
    const way of [
      "semver",
      "_G['sem' .. 'ver']",
      "getfenv()['sem' .. 'ver']",
      "loadstring('return sem' .. 'ver')()",
      "package.loaded['_' .. 'G']['sem' .. 'ver']",
    ]
  ) {
    const { code, stderr, stdout } = await run(["bot", "run", "-"], {
      stdin: `print(${way}.compare("1.0.0", "1.0.1"))`,
    });
    assert.deepEqual([code, stdout], [0, "-1\n"], `${way}: ${stderr}`);
  }
});

Deno.test("fields of objects are made when they are read, and stay what a script made of them", async () => {
  await using place = await Place.open();
  await pushImage(place, "app", "v1");
  const text = await printed(
    place,
    `
    local m = manifest.get("@REG@/app:v1")
    print(m.Layers == m.layers, m.layers == m.layers, m.Config == m.config, m.nothing, m[1], type(m.export))
    print(#m.layers, m.layers[1].Size == m.Layers[1].size, m.config.Digest == m.Config.digest, m:config().os == m.config(m).os)
    m.annotations.added = "yes"
    local edited = m:export()
    print(edited.Annotations.added, edited.annotations["org.example.tag"], m:descriptor().Digest ~= edited:descriptor().Digest)
    print(m:export():export():descriptor().Digest == edited:descriptor().Digest)
    local ic = image.config("@REG@/app:v1")
    print(ic.Config.Env[1], ic.History[1].CreatedBy, ic.RootFS.DiffIDs == ic.rootfs.diff_ids, pcall(function() ic.x = 1 end))
  `,
  );
  assert.deepEqual(text.trimEnd().split("\n").slice(0, 4), [
    "true\ttrue\ttrue\tnil\tnil\tfunction",
    "1\ttrue\ttrue\ttrue",
    "yes\tv1\ttrue",
    "true",
  ]);
  assert.match(text, /PATH=\/bin\ta <b> & c\ttrue\tfalse\t.*attempt to index/);
});
