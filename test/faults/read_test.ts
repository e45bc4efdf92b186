import assert from "node:assert/strict";
import { withDigest, withTag } from "../../src/reference/reference.ts";
import { rejectsWith } from "../contract/contract.ts";
import { addBig } from "../support/sample.ts";
import {
  answer,
  changeBody,
  chunkedBody,
  cutAfter,
  endless,
  flipBit,
  hangUp,
  headers,
  stallAfter,
  status,
} from "../support/faults.ts";
import { noise, readAll } from "../support/sources.ts";
import { bench, sourceOf } from "./harness.ts";

const BLOBS = /\/blobs\/sha256/;
const KIB = 1024;

Deno.test("a blob that is cut goes on with Range where it stopped, as often as it makes progress", async () => {
  await using b = bench();
  b.registry.faults.add(
    { path: BLOBS, action: cutAfter(100 * KIB) },
    { path: BLOBS, action: cutAfter(50 * KIB) },
    { path: BLOBS, action: cutAfter(1) },
  );
  const stream = await sourceOf(b).open(0);
  assert.equal(stream.size, b.blob.byteLength);
  assert.deepEqual(await readAll(stream.body), b.blob);
  assert.deepEqual(b.registry.asked("GET", BLOBS).map((request) => request.headers.get("range")), [
    null,
    `bytes=${100 * KIB}-`,
    `bytes=${150 * KIB}-`,
    `bytes=${150 * KIB + 1}-`,
  ]);
});

Deno.test("a blob that is cut goes on although the registry knows no ranges", async () => {
  await using b = bench({ features: { range: false } });
  b.registry.faults.add({ path: BLOBS, action: cutAfter(300 * KIB) }, { path: BLOBS, action: cutAfter(400 * KIB) });
  const stream = await sourceOf(b).open(0);
  assert.deepEqual(await readAll(stream.body), b.blob);
  const late = await sourceOf(b).open(1000);
  assert.deepEqual(await readAll(late.body), b.blob.subarray(late.offset));
});

Deno.test("a blob that stands still is given up and goes on", async () => {
  await using b = bench({}, { stallMs: 60 });
  b.registry.faults.add({ path: BLOBS, action: stallAfter(200 * KIB) });
  const stream = await sourceOf(b).open(0);
  assert.deepEqual(await readAll(stream.body), b.blob);
  assert.equal(b.registry.asked("GET", BLOBS)[1]?.headers.get("range"), `bytes=${200 * KIB}-`);
});

Deno.test("a blob that never makes progress fails in the end and says where", async () => {
  await using b = bench();
  b.registry.faults.add({ path: BLOBS, action: cutAfter(1000) }, { path: BLOBS, times: Infinity, action: cutAfter(0) });
  const stream = await sourceOf(b).open(0);
  const error = await rejectsWith(readAll(stream.body), "CONNECTION_LOST");
  assert.equal(error.exit, 7);
  assert(b.registry.asked("GET", BLOBS).length < 40);
});

Deno.test("a reopened blob that fails for other reasons than the line says so", async () => {
  await using b = bench();
  b.registry.faults.add({ path: BLOBS, action: cutAfter(1000) }, { path: BLOBS, times: Infinity, action: status(403) });
  const stream = await sourceOf(b).open(0);
  await rejectsWith(readAll(stream.body), "DENIED");
});

Deno.test("a blob whose Content-Length is not the descriptor's size is refused before it is read", async () => {
  await using b = bench();
  b.registry.faults.add({ path: BLOBS, times: 2, action: changeBody((body) => body.subarray(1)) });
  await rejectsWith(sourceOf(b).open(0), "SIZE_MISMATCH");
});

Deno.test("a blob without Content-Length that is too long is stopped, also when it never ends", async () => {
  await using b = bench();
  let sent = 0;
  b.registry.faults.add({ path: BLOBS, action: endless({}, (bytes) => sent += bytes) });
  const stream = await sourceOf(b).open(0);
  await rejectsWith(readAll(stream.body), "SIZE_MISMATCH");
  assert(sent < 32 * 1024 * KIB, `${sent} bytes taken`);
});

Deno.test("a blob without Content-Length that is right is taken", async () => {
  await using b = bench();
  b.registry.faults.add({ path: BLOBS, action: chunkedBody() });
  const stream = await sourceOf(b).open(0);
  assert.deepEqual(await readAll(stream.body), b.blob);
});

Deno.test("a 206 that starts behind what was asked for is refused", async () => {
  await using b = bench();
  b.registry.faults.add({
    path: BLOBS,
    action: headers({ "content-range": `bytes 2000-${b.blob.byteLength - 1}/${b.blob.byteLength}` }),
  });
  await rejectsWith(sourceOf(b).open(1000), "RESPONSE_INVALID");
});

Deno.test("a consumer that stops reading ends the request", async () => {
  await using b = bench();
  const stream = await sourceOf(b).open(0);
  const reader = stream.body.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal((await b.transport.headManifest(withTag(b.place, "v1")))?.digest, b.image.descriptor.digest);
});

Deno.test("wrong content is not stored by who reads it: the transfer says which digest it has", async () => {
  await using b = bench();
  await using target = bench();
  target.registry.repository("r").blobs.delete(b.digest);
  b.registry.faults.add({ path: BLOBS, times: Infinity, action: flipBit() });
  await rejectsWith(target.transport.putBlob(target.place, sourceOf(b)), "DIGEST_MISMATCH");
  assert.equal(target.registry.repository("r").blobs.has(b.digest), false);
});

Deno.test("a manifest that is not what its digest says is refused", async () => {
  await using b = bench();
  b.registry.faults.add({ path: /manifests/, times: Infinity, action: changeBody((body) => spaced(body)) });
  const { digest } = b.image.descriptor;
  await rejectsWith(b.transport.getManifest(withDigest(b.place, digest)), "DIGEST_MISMATCH");
  await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "DIGEST_MISMATCH");
});

Deno.test("a manifest that is cut short is asked for again, or refused", async () => {
  await using b = bench();
  b.registry.faults.add({ path: /manifests/, times: 2, action: cutAfter(20) });
  const got = await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(got.descriptor.digest, b.image.descriptor.digest);
});

Deno.test("a manifest that stands still is asked for again", async () => {
  await using b = bench({}, { stallMs: 60 });
  b.registry.faults.add({ path: /manifests/, times: 1, action: stallAfter(20) });
  const got = await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(got.descriptor.digest, b.image.descriptor.digest);
});

Deno.test("a manifest above 8 MiB is refused by its length alone, and one below is read", async () => {
  await using b = bench();
  addBig(b.registry.repository("r"), "big", 7 * 1024 * KIB);
  addBig(b.registry.repository("r"), "huge", 9 * 1024 * KIB);
  assert((await b.transport.getManifest(withTag(b.place, "big"))).raw.byteLength > 7 * 1024 * KIB);
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "huge")), "MANIFEST_TOO_LARGE");
  assert.equal(error.exit, 6);
});

Deno.test("a manifest without end does not fill the memory", async () => {
  await using b = bench();
  let sent = 0;
  const type = { "content-type": "application/vnd.oci.image.manifest.v1+json" };
  b.registry.faults.add({ path: /manifests/, action: endless(type, (bytes) => sent += bytes) });
  await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "MANIFEST_TOO_LARGE");
  assert(sent < 32 * 1024 * KIB, `${sent} bytes taken`);
});

Deno.test("what is no manifest is refused with a plain word", async () => {
  await using b = bench();
  for (const body of ["<html>login</html>", "[]", "null", '"x"', "", "{", '{"schemaVersion":2,"layers":[{}]}']) {
    b.registry.faults.add({ path: /manifests/, action: answer({ status: 200, body }) });
    const page = body.startsWith("<html>");
    await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), page ? "RESPONSE_INVALID" : "MANIFEST_INVALID");
  }
  const html = { "content-type": "text/html" };
  b.registry.faults.add({ path: /manifests/, action: answer({ status: 200, headers: html, body: "" }) });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "RESPONSE_INVALID");
  assert.match(error.hint ?? "", /web page/);
});

Deno.test("a HEAD without a digest says so, and one with nonsense is not believed", async () => {
  await using b = bench({ features: { headDigest: false } });
  assert.equal((await b.transport.headManifest(withTag(b.place, "v1")))?.digest, "");
  const { digest } = b.image.descriptor;
  assert.equal((await b.transport.headManifest(withDigest(b.place, digest)))?.digest, digest);
  b.registry.faults.add({ method: "HEAD", action: headers({ "docker-content-digest": "sha256:../../x" }) });
  assert.equal((await b.transport.headManifest(withTag(b.place, "v1")))?.digest, "");
});

Deno.test("a HEAD that names another digest than it was asked for is not believed", async () => {
  await using b = bench();
  const { digest } = b.image.descriptor;
  b.registry.faults.add({ method: "HEAD", action: headers({ "docker-content-digest": b.digest }) });
  let said: string | undefined;
  try {
    said = (await b.transport.headManifest(withDigest(b.place, digest)))?.digest;
  } catch {
    said = digest;
  }
  assert.equal(said, digest);
});

Deno.test("a lost connection in the middle of a blob does not lose the place at the host", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { reqConcurrent: 1 } } }));
  b.registry.faults.add({ path: BLOBS, action: cutAfter(10 * KIB) }, { path: BLOBS, times: 2, action: hangUp() });
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(await readAll((await sourceOf(b).open(0)).body), b.blob);
  }
  assert.equal(b.registry.peak, 1);
});

function spaced(body: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(body);
  return new TextEncoder().encode(` ${text}`);
}

Deno.test("noise is the same for the same seed and not the same for others", () => {
  assert.deepEqual(noise(1, 64), noise(1, 64));
  assert.notDeepEqual(noise(1, 64), noise(2, 64));
});
