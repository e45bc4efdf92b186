/** `sync check` finds what is missing, also of what goes along with images that are the same. */
import assert from "node:assert/strict";
import { addArtifact } from "../support/images.ts";
import { SyncPlace } from "./harness.ts";

const STEP = "sync: [{source: SRC/from, target: TGT/to, type: repository, ";

/** What a check says of its one image, and its exit code. */
async function found(place: SyncPlace, code: number, line = "check -c DIR/sync.yml"): Promise<string> {
  const { images } = await place.json(code, line);
  return images.map(({ outcome, source, why }: Record<string, string>) =>
    `${outcome} ${source!.split(":").at(-1)}: ${why}`
  ).sort().join("\n");
}

Deno.test("a referrer that the target misses is a difference, until it was copied", async () => {
  await using place = await SyncPlace.open();
  const digest = place.image("from", "v1");
  place.image("from", "v2");
  const from = place.source.repository("from");
  const subject = from.manifest(digest).descriptor;
  const sbom = addArtifact(from, { artifactType: "application/sbom", subject });
  await place.file(`${STEP}referrers: true}]`);
  await place.ends(0, "once -c DIR/sync.yml");
  assert.equal(await found(place, 0), "");

  addArtifact(from, { artifactType: "application/signature", subject });
  const missing = "the same, but 1 referrer is missing or changed at the target";
  assert.equal(await found(place, 10), `needed v1: ${missing}`);
  const plan = await found(place, 0, "once -c DIR/sync.yml --plan");
  assert.equal(plan, `needed v1: ${missing}\nunchanged v2: the same with what belongs to it`);
  await place.ends(0, "once -c DIR/sync.yml");
  assert.equal(await found(place, 0), "");

  // A referrer of a referrer goes along as well.
  addArtifact(from, { artifactType: "application/signature", text: "of the SBOM", subject: sbom });
  assert.equal(await found(place, 10), `needed v1: ${missing}`);
  await place.ends(0, "once -c DIR/sync.yml");
  assert.equal(await found(place, 0), "");
});

Deno.test("a check of referrers asks for lists alone, and at the target only where there is something to find", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1", "v2");
  const from = place.source.repository("from");
  addArtifact(from, { artifactType: "application/sbom", subject: from.manifest("v1").descriptor });
  await place.file(`${STEP}referrers: true}]`);
  await place.ends(0, "once -c DIR/sync.yml");
  place.forget();
  assert.equal(await found(place, 0), "");
  const asked = ({ requests }: typeof place.source) =>
    requests.map(({ method, path }) => `${method} ${path.split("/").at(-2)}`).sort();
  // Of the referrer itself it is asked whether it has any of its own.
  assert.deepEqual(asked(place.source), [
    "GET referrers",
    "GET referrers",
    "GET referrers",
    "GET tags",
    "HEAD manifests",
    "HEAD manifests",
  ]);
  assert.deepEqual(asked(place.target), ["GET referrers", "HEAD manifests", "HEAD manifests"]);
});

Deno.test("referrers of the images of an index, those that filters choose, and those of another repository", async () => {
  await using place = await SyncPlace.open();
  const digest = place.index("from", "v1");
  const from = place.source.repository("from");
  const [first] = from.manifest(digest).manifests;
  await place.file(`${STEP}referrers: true, referrerFilters: [{artifactType: application/sbom}]}]`);
  await place.ends(0, "once -c DIR/sync.yml");
  addArtifact(from, { artifactType: "application/signature", subject: first! });
  assert.equal(await found(place, 0), "");
  addArtifact(from, { artifactType: "application/sbom", subject: first! });
  addArtifact(from, { artifactType: "application/sbom", text: "another", subject: from.manifest(digest).descriptor });
  const missing = "needed v1: the same, but 2 referrers are missing or changed at the target";
  assert.equal(await found(place, 10), missing);

  await place.file(
    "sync: [{source: SRC/from:v1, target: TGT/to:v1, type: image, referrers: true, referrerTarget: TGT/signed}]",
  );
  assert.equal(await found(place, 10), "needed v1: the same, but 3 referrers are missing or changed at the target");
  await place.ends(0, "once -c DIR/sync.yml");
  assert.equal(await found(place, 0), "");
  assert.equal(place.target.repository("signed").referrers(digest).length, 1);
});

Deno.test("digest tags that are missing or name something else are a difference", async () => {
  await using place = await SyncPlace.open();
  const digest = place.image("from", "v1");
  const from = place.source.repository("from");
  const tag = `${digest.replace(":", "-")}.sig`;
  addArtifact(from, { artifactType: "application/signature", tag });
  await place.file("sync: [{source: SRC/from:v1, target: TGT/to:v1, type: image}]");
  await place.ends(0, "once -c DIR/sync.yml");
  await place.file("sync: [{source: SRC/from:v1, target: TGT/to:v1, type: image, digestTags: true}]");
  const missing = "needed v1: the same, but 1 digest tag is missing or changed at the target";
  assert.equal(await found(place, 10), missing);
  await place.ends(0, "once -c DIR/sync.yml");
  assert.equal(await found(place, 0), "");
  addArtifact(from, { artifactType: "application/signature", text: "signed again", tag });
  assert.equal(await found(place, 10), missing);
});

Deno.test("what a fast check leaves out is no difference, and what is always copied anew is none either", async () => {
  await using place = await SyncPlace.open();
  const digest = place.image("from", "v1");
  await place.file(`${STEP}referrers: true, fastCheck: true}]`);
  await place.ends(0, "once -c DIR/sync.yml");
  const from = place.source.repository("from");
  addArtifact(from, { artifactType: "application/sbom", subject: from.manifest(digest).descriptor });
  assert.deepEqual((await place.json(0, "check -c DIR/sync.yml")).counts, { unchanged: 1 });
  await place.file(`${STEP}forceRecursive: true}]`);
  assert.deepEqual((await place.json(0, "check -c DIR/sync.yml")).counts, { refresh: 1 });
});

Deno.test("referrers of an image are asked for once, however many tags it has, and anew where a step has added some", async () => {
  await using place = await SyncPlace.open();
  const digest = place.image("from", "v1");
  const from = place.source.repository("from");
  for (const tag of ["v1.0", "v1.0.0"]) from.tags.set(tag, digest);
  const subject = from.manifest(digest).descriptor;
  addArtifact(from, { artifactType: "application/sbom", subject });
  await place.file(`${STEP}referrers: true}]`);
  const lists = () => place.source.asked("GET", new RegExp(`/referrers/${digest}$`)).length;
  await place.ends(0, "once -c DIR/sync.yml");
  assert.equal(lists(), 1);

  // The first step has listed the referrers of what the second then changes, and the third reads.
  addArtifact(from, { artifactType: "application/signature", subject });
  place.forget();
  await place.file(`sync:
  - {name: one, source: TGT/to:v1, target: TGT/copy:old, type: image, referrers: true}
  - {name: two, source: SRC/from:v1, targets: [TGT/to:v1, TGT/copy:old], type: image, referrers: true}
  - {name: three, source: TGT/to:v1, target: TGT/third:v1, type: image, referrers: true}`);
  await place.ends(0, "once -c DIR/sync.yml");
  assert.equal(place.target.repository("third").referrers(digest).length, 2);
});
