/** `sync once` and `sync check`: what is copied, in how many requests, and what is said. */
import assert from "node:assert/strict";
import { SyncPlace } from "./harness.ts";

const REPOSITORY = "sync: [{source: SRC/from, target: TGT/to, type: repository}]";

Deno.test("a repository is copied, a second run asks and copies nothing, a changed tag is brought", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", ...Array.from({ length: 20 }, (_, at) => `v${at}`));
  await place.file(REPOSITORY);
  assert.equal((await place.json(10, "check -c DIR/sync.yml")).counts.needed, 20);
  assert.equal(place.target.asked("PUT").length + place.target.asked("POST").length, 0);
  assert.equal((await place.json(0, "once -c DIR/sync.yml")).counts.copied, 20);
  place.same("from", "to");
  place.forget();
  assert.deepEqual((await place.json(0, "once -c DIR/sync.yml")).counts, { unchanged: 20 });
  assert.equal(place.source.requests.length, 21);
  assert.equal(place.target.requests.length, 20);
  assert.ok(
    [...place.source.requests, ...place.target.requests].every(({ method, path }) =>
      method === "HEAD" || (method === "GET" && path.endsWith("/tags/list"))
    ),
  );
  place.image("from", "v3", 1);
  const { images } = await place.json(0, "once -c DIR/sync.yml");
  assert.deepEqual(images.map(({ source }: { source: string }) => source), [`${place.source.host}/from:v3`]);
  place.same("from", "to");
});

Deno.test("content that several tags share is read and sent once", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", ...Array.from({ length: 10 }, (_, at) => `v${at}`));
  await place.file(REPOSITORY);
  await place.ends(0, "once -c DIR/sync.yml");
  // One shared layer, ten of the images' own, and one config each: those are the same for all but the layers' ids.
  const blobs = place.source.repository("from").blobs.size;
  assert.equal(place.source.asked("GET", /blobs/).length, blobs);
  assert.equal(place.target.asked("PUT", /uploads/).length, blobs);
});

Deno.test("with a state the second run asks the source alone, until the trust is over", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1", "v2", "v3");
  await place.file(REPOSITORY);
  const line = "once -c DIR/sync.yml --state DIR/state.json";
  await place.ends(0, line);
  place.forget();
  assert.equal((await place.json(0, line)).counts.unchanged, 3);
  assert.deepEqual([place.source.requests.length, place.target.requests.length], [4, 0]);
  // A source that moved is noticed at once, and the target is asked before it is replaced.
  place.image("from", "v2", 1);
  assert.equal((await place.json(0, line)).counts.copied, 1);
  place.same("from", "to");
  // A target that somebody moved is noticed when the trust is over; a check never trusts.
  place.target.repository("to").tags.set("v1", place.target.repository("to").tags.get("v3")!);
  assert.equal((await place.json(0, line)).counts.unchanged, 3);
  assert.equal((await place.json(10, "check -c DIR/sync.yml")).counts.needed, 1);
  assert.equal((await place.json(0, `${line} --state-trust 0`)).counts.copied, 1);
  place.same("from", "to");
  // A state that is broken or lost costs requests only.
  await Deno.writeTextFile(`${place.dir}/state.json`, "{");
  const broken = await place.sync(line);
  assert.equal(broken.code, 0);
  assert.match(broken.stderr, /State is not used/);
  place.same("from", "to");
});

Deno.test("--missing lists the target once and asks for nothing that is there", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1", "v2", "v3");
  await place.file(REPOSITORY);
  const old = place.image("to", "v1", 9, place.target);
  const { counts } = await place.json(0, "once -c DIR/sync.yml --missing");
  assert.deepEqual(counts, { exists: 1, copied: 2 });
  assert.equal(place.tags("to")["v1"], old);
  place.forget();
  assert.deepEqual((await place.json(0, "once -c DIR/sync.yml --missing")).counts, { exists: 3 });
  assert.deepEqual([place.source.requests.length, place.target.requests.length], [1, 1]);
});

Deno.test("tags are chosen by rules, and a plan says why", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "1.0", "1.1", "2.0", "edge");
  await place.file(`
sync:
  - source: SRC/from
    target: TGT/to
    type: repository
    tags: {allow: ["\\\\d.*"], deny: ["1.0"]}`);
  const { images } = await place.json(10, "check -c DIR/sync.yml --plan");
  const outcomes = images.map((
    { source, outcome, why }: Record<string, string>,
  ) => [source!.split(":").at(-1), outcome, why !== ""]);
  assert.deepEqual(outcomes.sort(), [
    ["1.0", "unchosen", true],
    ["1.1", "needed", true],
    ["2.0", "needed", true],
    ["edge", "unchosen", true],
  ]);
  assert.match(await place.ends(0, "once -c DIR/sync.yml --plan"), /not chosen .*from:edge/);
  assert.deepEqual(place.tags("to"), {});
  await place.ends(0, "once -c DIR/sync.yml");
  assert.deepEqual(Object.keys(place.tags("to")), ["1.1", "2.0"]);
});

Deno.test("a registry is copied repository by repository", async () => {
  await using place = await SyncPlace.open();
  for (const name of ["a/one", "a/two", "b/three", "c"]) place.fill(name, "v1", "v2");
  await place.file(
    'sync: [{source: SRC, target: TGT/mirror, type: registry, repos: {allow: ["[ab]/.*"], deny: ["b/.*"]}}]',
  );
  assert.equal((await place.json(0, "once -c DIR/sync.yml")).counts.copied, 4);
  place.same("a/one", "mirror/a/one");
  place.same("a/two", "mirror/a/two");
  assert.equal(place.target.repositories.size, 2);
});

Deno.test("one platform is copied alone, and what it is becomes known without reading it again", async () => {
  await using place = await SyncPlace.open();
  place.index("from", "v1");
  const child = place.source.repository("from").manifest("v1").manifests[1]!.digest;
  await place.file("sync: [{source: 'SRC/from:v1', target: 'TGT/to:v1', type: image, platform: linux/arm64}]");
  await place.ends(0, "once -c DIR/sync.yml --state DIR/state");
  assert.deepEqual(place.tags("to"), { v1: child });
  place.forget();
  assert.equal((await place.json(0, "once -c DIR/sync.yml --state DIR/state --state-trust 0")).counts.unchanged, 1);
  assert.deepEqual([...place.source.trace, ...place.target.trace], ["HEAD 200", "HEAD 200"]);
  // Without a state the index has to be read for it.
  place.forget();
  assert.equal((await place.json(0, "check -c DIR/sync.yml")).counts.unchanged, 1);
  assert.deepEqual(place.source.trace, ["HEAD 200", "GET 200"]);
  await place.file("sync: [{source: 'SRC/from:v1', target: 'TGT/to:v1', type: image, platform: linux/s390x}]");
  assert.equal((await place.sync("once -c DIR/sync.yml")).code, 5);
});

Deno.test("what is replaced is kept first, and never kept twice", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  const old = place.image("to", "v1", 9, place.target);
  await place.file("defaults: {backup: 'old-{{.Ref.Tag}}'}\n" + REPOSITORY);
  await place.ends(0, "once -c DIR/sync.yml");
  assert.deepEqual(place.tags("to"), { "old-v1": old, v1: place.tags("from", place.source)["v1"] });
  await place.ends(0, "once -c DIR/sync.yml");
  assert.equal(place.tags("to")["old-v1"], old);
});

Deno.test("several targets get the same, and the source is read once", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1", "v2");
  await place.file(`
sync:
  - source: SRC/from
    targets: ["TGT/one", "TGT/two", "ocidir://DIR/three"]
    type: repository`);
  assert.equal((await place.json(0, "once -c DIR/sync.yml")).counts.copied, 6);
  place.same("from", "one");
  place.same("from", "two");
  const { manifests } = JSON.parse(await Deno.readTextFile(`${place.dir}/three/index.json`));
  assert.equal(manifests.length, 2);
  assert.equal(place.source.asked("GET", /manifests/).length, 2);
  const from = place.source.repository("from");
  for (const { digest } of [...from.manifest("v1").layers, ...from.manifest("v2").layers]) {
    assert.equal(place.source.asked("GET", new RegExp(digest)).length, 1, digest);
  }
});

Deno.test("a step that reads what another writes comes after it", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  await place.file(`
sync:
  - {source: SRC/from, target: TGT/middle, type: repository}
  - {source: TGT/middle, target: TGT/end, type: repository}`);
  assert.equal((await place.json(0, "once -c DIR/sync.yml")).counts.copied, 2);
  place.same("from", "end");
});

Deno.test("only some steps, and only a share of the images", async () => {
  await using place = await SyncPlace.open();
  const tags = Array.from({ length: 30 }, (_, at) => `v${at}`);
  place.fill("from", ...tags);
  await place.file(`
sync:
  - {name: first, source: SRC/from, target: TGT/one, type: repository}
  - {name: second, source: SRC/from, target: TGT/two, type: repository}`);
  const shares: string[][] = [];
  for (const part of [1, 2, 3]) {
    const { images } = await place.json(0, `once -c DIR/sync.yml --only f*t --shard ${part}/3`);
    shares.push(images.map(({ source }: { source: string }) => source.split(":").at(-1)));
  }
  assert.deepEqual(shares.flat().sort(), [...tags].sort());
  assert.ok(shares.every((share) => share.length > 0));
  assert.equal(place.target.repositories.has("two"), false);
  assert.match(
    (await place.sync("once -c DIR/sync.yml --only third")).stderr,
    /No step .* is named "third"[^]*first, second/,
  );
  assert.equal((await place.sync("once -c DIR/sync.yml --shard 4/3")).code, 2);
});

Deno.test("referrers go along, only those that the filters choose", async () => {
  const { addArtifact } = await import("../support/images.ts");
  await using place = await SyncPlace.open();
  const digest = place.image("from", "v1");
  const from = place.source.repository("from");
  const subject = from.manifest(digest).descriptor;
  addArtifact(from, { artifactType: "application/sbom", subject });
  addArtifact(from, { artifactType: "application/signature", subject });
  await place.file(
    "sync: [{source: SRC/from, target: TGT/to, type: repository, referrers: true, referrerFilters: [{artifactType: application/sbom}]}]",
  );
  await place.ends(0, "once -c DIR/sync.yml");
  const found = place.target.repository("to").referrers(digest).map(({ json }) => json["artifactType"]);
  assert.deepEqual(found, ["application/sbom"]);
  const again = await place.json(0, "check -c DIR/sync.yml");
  assert.deepEqual(again.counts, { unchanged: 1 });
});
