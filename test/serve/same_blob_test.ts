/** Clients that push, pull and delete the same things at once. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { makeClient, registryReference } from "../support/client.ts";
import { checkLayout } from "../support/content.ts";
import { bytesSource } from "../support/sources.ts";
import { bytesOf, Place, someBytes } from "./harness.ts";

const HALF = 150_000;

/** What lies in the folder of a repository besides the layout. */
function unfinished(place: Place, name: string): string[] {
  return [...Deno.readDirSync(`${place.dir}/${name}`)].map((entry) => entry.name).filter((one) => one.startsWith("."));
}

/** Sends the first half of a blob as an upload of its own. */
async function startHalf(place: Place, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const started = (await place.send("POST", "/v2/a/blobs/uploads/")).is(202);
  const sent = await place.send("PATCH", started.header("location"), { body: bytes.slice(0, HALF) });
  return sent.is(202).header("location");
}

Deno.test("serve: two clients push the same blob in pieces at once: both are done, one blob is there", async () => {
  await using place = await Place.open();
  const bytes = someBytes(2 * HALF);
  const digest = digestOf(bytes);
  const locations = await Promise.all([startHalf(place, bytes), startHalf(place, bytes)]);
  assert.notEqual(locations[0], locations[1]);
  const end = { body: bytes.slice(HALF) };
  const ended = await Promise.all(locations.map((at) => place.send("PUT", `${at}?digest=${digest}`, end)));
  assert.deepEqual(ended.map(({ status }) => status), [201, 201]);
  assert.deepEqual((await place.send("GET", `/v2/a/blobs/${digest}`)).bytes, bytes);
  assert.deepEqual([...(await checkLayout(`${place.dir}/a`)).blobs], [digest]);
  assert.deepEqual(unfinished(place, "a"), []);
});

Deno.test("serve: one of two clients sends wrong bytes: it is refused, the other one's blob is right", async () => {
  await using place = await Place.open();
  const right = someBytes(2 * HALF);
  const digest = digestOf(right);
  const wrong = right.map((byte, at) => at === HALF + 1 ? byte ^ 1 : byte);
  const [good, bad] = await Promise.all([startHalf(place, right), startHalf(place, wrong)]);
  const [first, second] = await Promise.all([
    place.send("PUT", `${good}?digest=${digest}`, { body: right.slice(HALF) }),
    place.send("PUT", `${bad}?digest=${digest}`, { body: wrong.slice(HALF) }),
  ]);
  first!.is(201);
  second!.is(400, "DIGEST_INVALID");
  assert.deepEqual((await place.send("GET", `/v2/a/blobs/${digest}`)).bytes, right);
  assert.deepEqual(unfinished(place, "a"), []);
});

Deno.test("serve: many clients push the same blob, some into other repositories", async () => {
  await using place = await Place.open();
  const bytes = someBytes(1_000_000);
  const names = ["a", "a", "a", "a", "b", "b", "a/b", "a/b"];
  await Promise.all(names.map(async (name) => {
    await using client = makeClient();
    const { descriptor } = await client.transport.putBlob(registryReference(place.host, name), bytesSource(bytes));
    assert.equal(descriptor.digest, digestOf(bytes));
  }));
  for (const name of new Set(names)) {
    assert.equal((await checkLayout(`${place.dir}/${name}`)).blobs.size, 1);
    assert.deepEqual(unfinished(place, name), []);
  }
});

Deno.test("serve: two requests at one upload: one works, the other is told to wait, no byte is lost or doubled", async () => {
  await using place = await Place.open();
  const bytes = someBytes(2 * HALF);
  const location = await startHalf(place, bytes);
  const slow = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const writer = slow.writable.getWriter();
  const first = place.send("PATCH", location, { body: slow.readable });
  await writer.write(bytes.slice(HALF, HALF + 1000));
  // It is working on the upload once the server says so to everybody else.
  let refused = await place.send("GET", location);
  while (refused.status !== 409) refused = await place.send("GET", location);
  (await place.send("PATCH", location, { body: bytes.slice(HALF) })).is(409);
  (await place.send("PUT", `${location}?digest=${digestOf(bytes)}`)).is(409);
  await writer.write(bytes.slice(HALF + 1000));
  await writer.close();
  assert.equal((await first).is(202).header("range"), `0-${2 * HALF - 1}`);
  (await place.send("PUT", `${location}?digest=${digestOf(bytes)}`)).is(201);
});

Deno.test("serve: clients push different images to one tag: each is there, the tag is one of them", async () => {
  await using place = await Place.open();
  const levels = ["0", "1", "2", "3", "4", "5"];
  const digests = await Promise.all(levels.map((level) => place.image("a", "v1", { annotations: { level } })));
  const tagged = (await place.send("HEAD", "/v2/a/manifests/v1")).header("docker-content-digest");
  assert(digests.includes(tagged));
  for (const digest of digests) (await place.send("GET", `/v2/a/manifests/${digest}`)).is(200);
  assert.equal((await checkLayout(`${place.dir}/a`)).tags.get("v1"), tagged);
});

Deno.test("serve: a manifest that is pushed and deleted at once is whole or gone", async () => {
  await using place = await Place.open();
  const digest = await place.image("a", "v1");
  const { bytes } = await place.send("GET", `/v2/a/manifests/${digest}`);
  for (let round = 0; round < 10; round++) {
    const [put] = await Promise.all([
      place.put("a", "v1", bytesOf(new TextDecoder().decode(bytes))),
      place.send("DELETE", `/v2/a/manifests/${digest}`),
    ]);
    put.is(201);
    const { status } = await place.send("GET", "/v2/a/manifests/v1");
    const { tags } = await checkLayout(`${place.dir}/a`);
    assert.deepEqual([status, tags.get("v1")], status === 200 ? [200, digest] : [404, undefined]);
  }
});

Deno.test("serve: a blob that is deleted while somebody pulls it comes whole", async () => {
  await using place = await Place.open();
  const bytes = someBytes(3_000_000);
  const digest = await place.push("a", bytes);
  const answer = await fetch(`${place.url}/v2/a/blobs/${digest}`);
  (await place.send("DELETE", `/v2/a/blobs/${digest}`)).is(202);
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes);
  (await place.send("GET", `/v2/a/blobs/${digest}`)).is(404, "BLOB_UNKNOWN");
});
