import assert from "node:assert/strict";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { collectLayout } from "../../src/serve/garbage.ts";
import { Layouts } from "../../src/serve/layouts.ts";
import { bytesOf, Place } from "./harness.ts";

const HOUR = 3_600_000;

/** Collects as if `later` milliseconds had passed. */
async function collect(place: Place, later: number, options: { dryRun?: boolean; untagged?: boolean } = {}) {
  const layouts = new Layouts({ dir: place.dir, now: () => Date.now() + later, grace: HOUR, log: undefined });
  return await collectLayout(layouts, "a", { dryRun: false, grace: HOUR, untagged: false, ...options });
}

Deno.test("what nothing refers to goes after the grace period, nothing else ever", async () => {
  await using place = await Place.open();
  await place.image("a", "v1");
  const loose = await place.push("a", bytesOf("loose"));
  assert.deepEqual((await collect(place, HOUR / 2)).digests, []);
  assert.deepEqual((await collect(place, 2 * HOUR, { dryRun: true })).digests, [loose]);
  (await place.send("HEAD", `/v2/a/blobs/${loose}`)).is(200);
  const done = await collect(place, 2 * HOUR);
  assert.deepEqual([done.digests, done.bytes, done.entries], [[loose], 5, 0]);
  (await place.send("HEAD", `/v2/a/blobs/${loose}`)).is(404);
  (await place.send("GET", "/v2/a/manifests/v1")).is(200);
});

Deno.test("a blob that a client asked for stays until it has pushed", async () => {
  const now = { at: Date.now() };
  await using place = await Place.open({ registry: { now: () => now.at } });
  const loose = await place.push("a", bytesOf("loose"));
  now.at += 2 * HOUR;
  (await place.send("HEAD", `/v2/a/blobs/${loose}`)).is(200);
  assert.deepEqual((await collect(place, 2 * HOUR)).digests, []);
});

Deno.test("manifests without a tag stay, or go when told so, with what only they need", async () => {
  await using place = await Place.open();
  const first = await place.image("a", "v1");
  await place.image("a", "v1", { annotations: { second: "yes" } });
  assert.equal((await collect(place, 2 * HOUR)).entries, 0);
  (await place.send("GET", `/v2/a/manifests/${first}`)).is(200);
  assert.equal((await collect(place, 0, { untagged: true })).entries, 0);
  assert.deepEqual((await collect(place, 2 * HOUR, { untagged: true, dryRun: true })).digests, [first]);
  assert.deepEqual((await collect(place, 2 * HOUR, { untagged: true })).digests, [first]);
  (await place.send("GET", `/v2/a/manifests/${first}`)).is(404);
  (await place.send("GET", "/v2/a/manifests/v1")).is(200);
});

Deno.test("referrers go with their subject, those of referrers too", async () => {
  await using place = await Place.open();
  const of = (digest: string) => ({ subject: { mediaType: MEDIA_TYPE.ociManifest, digest, size: 1 } });
  const subject = await place.image("a", "v1");
  const kept = await place.image("a", "v2");
  const signed = await place.image("a", "", { ...of(subject), artifactType: "text/a" });
  const twice = await place.image("a", "", { ...of(signed), artifactType: "text/b" });
  const other = await place.image("a", "", { ...of(kept), artifactType: "text/c" });
  await collect(place, 2 * HOUR, { untagged: true });
  for (const digest of [subject, signed, twice, other]) (await place.send("GET", `/v2/a/manifests/${digest}`)).is(200);
  (await place.send("DELETE", `/v2/a/manifests/${subject}`)).is(202);
  await collect(place, 2 * HOUR);
  for (const digest of [signed, twice]) (await place.send("GET", `/v2/a/manifests/${digest}`)).is(404);
  (await place.send("GET", `/v2/a/manifests/${other}`)).is(200);
  assert.equal((await place.send("GET", `/v2/a/referrers/${kept}`)).json.manifests.length, 1);
});

Deno.test("children of a tagged index stay", async () => {
  await using place = await Place.open();
  const child = await place.image("a", "");
  const { bytes } = await place.send("GET", `/v2/a/manifests/${child}`);
  const index = bytesOf(JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociIndex,
    manifests: [{ mediaType: MEDIA_TYPE.ociManifest, digest: child, size: bytes.byteLength }],
  }));
  (await place.put("a", "list", index, MEDIA_TYPE.ociIndex)).is(201);
  assert.deepEqual((await collect(place, 2 * HOUR, { untagged: true })).digests, []);
  (await place.send("GET", `/v2/a/manifests/${child}`)).is(200);
});

Deno.test("an upload that nobody goes on with goes, one that is worked on stays", async () => {
  await using place = await Place.open();
  await place.image("a", "v1");
  const location = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  (await place.send("PATCH", location, { body: bytesOf("12345") })).is(202);
  assert.equal((await collect(place, 48 * HOUR)).partials, 0);
  await place.registry.uploads.closeIdle(-HOUR);
  assert.equal((await collect(place, 48 * HOUR)).partials, 1);
  (await place.send("GET", location)).is(404);
});
