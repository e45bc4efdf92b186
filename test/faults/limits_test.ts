import assert from "node:assert/strict";
import { Throttle } from "../../src/http/throttle.ts";
import { withTag } from "../../src/reference/reference.ts";
import { rejectsWith } from "../contract/contract.ts";
import { basicAuth } from "../support/fake_auth.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { flipBit, Gate, headers, status } from "../support/faults.ts";
import { bytesSource, noise, readAll } from "../support/sources.ts";
import { makeClient, registryReference } from "../support/client.ts";
import { bench, sourceOf } from "./harness.ts";

Deno.test("no more requests at a time than reqConcurrent, and all of them in the end", async () => {
  for (const reqConcurrent of [1, 3]) {
    await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { reqConcurrent } } }));
    const gate = new Gate();
    b.registry.faults.add({ times: Infinity, action: gate.hold() });
    const work = Array.from({ length: 20 }, () => b.transport.headManifest(withTag(b.place, "v1")));
    await gate.wait(reqConcurrent);
    gate.open();
    await Promise.all(work);
    assert.equal(b.registry.peak, reqConcurrent);
    assert.equal(b.registry.requests.length, 20);
  }
});

Deno.test("the place at the host is held until the body of a blob is read", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { reqConcurrent: 1 } } }));
  const first = await sourceOf(b).open(0);
  let second = false;
  const waiting = sourceOf(b).open(0).then((stream) => {
    second = true;
    return readAll(stream.body);
  });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(second, false);
  assert.deepEqual(await readAll(first.body), b.blob);
  assert.deepEqual(await waiting, b.blob);
});

Deno.test("a blob that is opened and cancelled gives its place back", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { reqConcurrent: 1 } } }));
  for (let round = 0; round < 3; round++) await (await sourceOf(b).open(0)).body.cancel();
  assert.deepEqual(await readAll((await sourceOf(b).open(0)).body), b.blob);
});

Deno.test("transfers in both directions at once do not wait for each other for ever", async () => {
  await using a = new FakeRegistry();
  await using b = new FakeRegistry();
  await using client = makeClient({
    hosts: { [a.host]: { reqConcurrent: 1 }, [b.host]: { reqConcurrent: 1 } },
  });
  const blobs = Array.from({ length: 8 }, (_, seed) => noise(seed + 1, 200_000));
  const work = blobs.map((bytes, at) => {
    const [from, to] = at % 2 === 0 ? [a, b] : [b, a];
    const digest = from.repository("x").addBlob(bytes);
    const source = client.transport.blobSource(registryReference(from.host, "x"), {
      mediaType: "application/octet-stream",
      digest,
      size: bytes.byteLength,
    });
    return client.transport.putBlob(registryReference(to.host, "y"), source);
  });
  await Promise.all(work);
  assert.equal(a.repository("y").blobs.size + b.repository("y").blobs.size, 8);
  assert(a.peak <= 2 && b.peak <= 2);
});

Deno.test("a transfer within one registry that serves one request at a time", async () => {
  await using b = bench({ features: { mount: false } }, (registry) => ({
    hosts: { [registry.host]: { reqConcurrent: 1 } },
  }));
  const to = { ...b.place, repository: "copy" };
  await b.transport.putBlob(to, sourceOf(b));
  await b.transport.putBlob({ ...b.place, repository: "copy2" }, sourceOf(b), { mountFrom: b.place });
  assert.deepEqual(b.registry.repository("copy2").blobs.get(b.digest), b.blob);
});

Deno.test("a transfer that is stopped while it waits lets those behind it pass", async () => {
  const throttle = new Throttle();
  throttle.limit("a", 1);
  throttle.limit("b", 1);
  const held = await throttle.acquire(["a"]);
  const controller = new AbortController();
  const both = throttle.acquire(["a", "b"], controller.signal);
  const behind = throttle.acquire(["b"]);
  controller.abort(new Error("enough"));
  await assert.rejects(both, /enough/);
  (await behind).release();
  held.release();
});

Deno.test("reqPerSec spaces requests", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { reqPerSec: 10 } } }));
  for (let round = 0; round < 5; round++) await b.transport.headManifest(withTag(b.place, "v1"));
  assert(b.clock.waited >= 390 && b.clock.waited <= 500, `${b.clock.waited}`);
});

Deno.test("a Warning is told once, whatever it says, and others too", async () => {
  await using b = bench();
  const evil = '299 - "old \\"registry\\"", 299 proxy.example "second", 110 - "stale"';
  b.registry.faults.add({ times: Infinity, action: headers({ warning: evil }) });
  for (let round = 0; round < 3; round++) await b.transport.headManifest(withTag(b.place, "v1"));
  const warned = b.log.filter(({ level }) => level === "warn").map(({ fields }) => fields.warning);
  assert.deepEqual(warned, ['old "registry"', "second"]);
});

Deno.test("rate limits are read from headers, and nothing is made up", async () => {
  await using b = bench();
  assert.equal((await b.transport.rateLimit(withTag(b.place, "v1"))).set, false);
  const limit = { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600", "ratelimit-reset": "60" };
  b.registry.faults.add({ method: "HEAD", times: 1, action: headers(limit) });
  const told = await b.transport.rateLimit(withTag(b.place, "v1"));
  assert.deepEqual([told.set, told.limit, told.remain, told.reset], [true, 100, 76, 60]);
  assert.deepEqual(told.policies, ["100;w=21600"]);
});

Deno.test("nothing secret is in the log", async () => {
  await using other = new FakeRegistry();
  await using b = bench({}, {
    credentials: { get: () => Promise.resolve({ kind: "basic", username: "u", password: "pw-secret" }) },
  });
  b.registry.repository("r").copyTo(other.repository("r"));
  b.registry.auth = basicAuth("u", "pw-secret");
  b.registry.faults.add({
    path: /blobs\/sha256/,
    when: (request) => request.headers.has("authorization"),
    action: (request) => ({
      status: 307,
      headers: { location: `${other.origin}${request.target}?sig=signed-secret`, "set-cookie": "cookie-secret=1" },
    }),
  });
  other.faults.add({ action: status(500) });
  await readAll((await sourceOf(b).open(0)).body);
  const said = JSON.stringify(b.log);
  for (const secret of ["pw-secret", btoa("u:pw-secret"), "signed-secret", "cookie-secret"]) {
    assert(!said.includes(secret), `${secret} in ${said}`);
  }
});

Deno.test("mirrors: asked first for reading, never for writing, and with ns", async () => {
  await using mirror = new FakeRegistry();
  await using b = bench({}, (registry) => ({
    hosts: { [registry.host]: { mirrors: [mirror.host] } },
  }));
  b.registry.repository("r").copyTo(mirror.repository("r"));
  await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(b.registry.requests.length, 0);
  assert.equal(mirror.requests[0]!.query.get("ns"), b.registry.host);
  await b.transport.putBlob(b.place, bytesSource(noise(3, 100)));
  assert.equal(mirror.requests.length, 1);
});

Deno.test("mirrors: one that fails, has not the thing or lies is passed over", async () => {
  await using mirror = new FakeRegistry();
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { mirrors: [mirror.host] } } }));
  const got = await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(got.descriptor.digest, b.image.descriptor.digest);
  mirror.faults.add({ times: Infinity, action: status(500) });
  assert.deepEqual(await readAll((await sourceOf(b).open(0)).body), b.blob);
  assert.equal(await b.transport.headManifest(withTag(b.place, "no")), undefined);
  await rejectsWith(b.transport.getManifest(withTag(b.place, "no")), "MANIFEST_UNKNOWN");
});

Deno.test("mirrors: one that serves a wrong manifest is passed over", async () => {
  await using mirror = new FakeRegistry();
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { mirrors: [mirror.host] } } }));
  b.registry.repository("r").copyTo(mirror.repository("r"));
  mirror.faults.add({ times: Infinity, action: flipBit() });
  const got = await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(got.descriptor.digest, b.image.descriptor.digest);
  assert.equal(mirror.asked("GET", /manifests/).length, 1);
  assert.equal(b.registry.asked("GET", /manifests/).length, 1);
});

Deno.test("mirrors: one that is not there at all is passed over", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { mirrors: ["127.0.0.1:1"] } } }));
  const got = await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(got.descriptor.digest, b.image.descriptor.digest);
});

Deno.test("mirrors: the registry's own password is not sent to them", async () => {
  await using mirror = new FakeRegistry();
  mirror.auth = basicAuth("u", "pw");
  await using b = bench({ auth: basicAuth("u", "pw") }, (registry) => ({
    hosts: { [registry.host]: { mirrors: [mirror.host] } },
    credentials: {
      get: (name) =>
        Promise.resolve(name === registry.host ? { kind: "basic", username: "u", password: "pw" } : undefined),
    },
  }));
  const got = await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(got.descriptor.digest, b.image.descriptor.digest);
  assert(mirror.requests.every((request) => !request.headers.has("authorization")));
});
