import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { rejectsWith } from "../contract/contract.ts";
import { basicAuth } from "../support/fake_auth.ts";
import { appendUpload } from "../support/fake_blobs.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import type { FaultAction } from "../support/faults.ts";
import { answer, dropAfter, hangUp, headers, relocate, silence, status } from "../support/faults.ts";
import { bytesSource, noise } from "../support/sources.ts";
import { type Bench, bench, sourceOf } from "./harness.ts";

const KIB = 1024;
const UPLOADS = /\/blobs\/uploads\//;
const bytes = noise(42, 600 * KIB);
const digest = digestOf(bytes);

/** Takes some of the body into the upload session and hangs up, as a server does that crashes. */
function cutUpload(b: Bench, most: number): FaultAction {
  return async (request) => {
    const part = await request.take(most);
    const upload = b.registry.repository("r").uploads.get(request.path.split("/").at(-1)!);
    assert(upload !== undefined);
    appendUpload(upload, part.slice());
    return { status: 0, end: "close" };
  };
}

function stored(b: Bench): Uint8Array | undefined {
  return b.registry.repository("r").blobs.get(digest);
}

Deno.test("an upload goes out as one PUT with its exact length", async () => {
  await using b = bench();
  await b.transport.putBlob(b.place, bytesSource(bytes));
  assert.deepEqual(stored(b), bytes);
  assert.deepEqual(b.registry.trace, ["POST 202", "PUT 201"]);
  const put = b.registry.asked("PUT")[0]!;
  assert.equal(put.headers.get("content-length"), String(bytes.byteLength));
  assert.equal(put.headers.get("transfer-encoding"), null);
  assert.equal(put.headers.get("content-type"), "application/octet-stream");
  assert.equal(put.query.get("digest"), digest);
});

for (const taken of [0, 1, 2, 100 * KIB, bytes.byteLength - 1, bytes.byteLength]) {
  Deno.test(`an upload that is cut after ${taken} bytes goes on or starts anew, and onBytes adds up`, async () => {
    await using b = bench();
    b.registry.faults.add({ method: "PUT", path: UPLOADS, action: cutUpload(b, taken) });
    let told = 0;
    const source = bytesSource(bytes);
    await b.transport.putBlob(b.place, source, { onBytes: (count) => told += count });
    assert.deepEqual(stored(b), bytes);
    assert.equal(told, bytes.byteLength);
  });
}

for (const taken of [0, 1, 30 * KIB, 64 * KIB]) {
  Deno.test(`a chunk that is cut after ${taken} bytes goes on where the registry stands`, async () => {
    await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { blobMax: 0 } } }));
    b.registry.faults.add({
      method: "PATCH",
      path: UPLOADS,
      when: (request) => request.headers.get("content-range")?.startsWith("65536-") ?? false,
      action: cutUpload(b, taken),
    });
    let told = 0;
    await b.transport.putBlob(b.place, bytesSource(bytes), { onBytes: (count) => told += count });
    assert.deepEqual(stored(b), bytes);
    assert.equal(told, bytes.byteLength);
  });
}

Deno.test("a first chunk that is lost whole is sent again", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { blobMax: 0 } } }));
  b.registry.faults.add({ method: "PATCH", path: UPLOADS, times: 2, action: hangUp() });
  await b.transport.putBlob(b.place, bytesSource(bytes));
  assert.deepEqual(stored(b), bytes);
});

Deno.test("content of unknown digest that cannot be read twice survives lost chunks", async () => {
  await using b = bench();
  b.registry.faults.add(
    { method: "PATCH", path: UPLOADS, times: 2, action: hangUp() },
    {
      method: "PATCH",
      path: UPLOADS,
      when: (request) => request.headers.get("content-range")?.startsWith("131072-") ?? false,
      action: cutUpload(b, 1000),
    },
  );
  const source = bytesSource(bytes, { digest: "", size: -1, reopenable: false });
  const { descriptor } = await b.transport.putBlob(b.place, source);
  assert.equal(descriptor.digest, digest);
  assert.deepEqual(stored(b), bytes);
});

Deno.test("an answer to the last PUT that is lost does not lose the upload", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { blobMax: 0 } } }));
  b.registry.faults.add({
    method: "PUT",
    path: UPLOADS,
    times: 2,
    action: async (_request, proceed) => {
      await proceed();
      return { status: 0, end: "close" };
    },
  });
  await b.transport.putBlob(b.place, bytesSource(bytes));
  assert.deepEqual(stored(b), bytes);
});

Deno.test("an answer to a PUT of the whole that is lost does not lose the upload", async () => {
  await using b = bench();
  b.registry.faults.add({
    method: "PUT",
    path: UPLOADS,
    action: async (_request, proceed) => {
      await proceed();
      return { status: 0, end: "close" };
    },
  });
  await b.transport.putBlob(b.place, bytesSource(bytes));
  assert.deepEqual(stored(b), bytes);
});

Deno.test("a registry that closes connections after every answer without a word is taken as it is", async () => {
  await using b = bench();
  b.registry.faults.add({ times: Infinity, action: dropAfter() });
  for (let seed = 0; seed < 4; seed++) {
    const { descriptor } = await b.transport.putBlob(b.place, bytesSource(noise(seed + 500, 100 * KIB)));
    assert(b.registry.repository("r").blobs.has(descriptor.digest));
  }
});

Deno.test("a registry that stops taking bytes is given up and tried again", async () => {
  const big = noise(43, 24 * 1024 * KIB);
  await using b = bench({}, { stallMs: 150 });
  b.registry.faults.add({ method: "PUT", path: UPLOADS, action: silence() });
  await b.transport.putBlob(b.place, bytesSource(big, { piece: 256 * KIB }));
  assert.deepEqual(b.registry.repository("r").blobs.get(digestOf(big))?.byteLength, big.byteLength);
});

Deno.test("a refusal that comes before the body went out is read, and ends the upload", async () => {
  const big = noise(43, 24 * 1024 * KIB);
  await using b = bench();
  const body = JSON.stringify({ errors: [{ code: "DENIED", message: "quota is used up" }] });
  b.registry.faults.add({
    method: "PUT",
    path: UPLOADS,
    times: 9,
    action: answer({ status: 403, body, end: "close" }),
  });
  const error = await rejectsWith(b.transport.putBlob(b.place, bytesSource(big)), "QUOTA_EXCEEDED");
  assert.match(error.message, /quota is used up/);
  assert.equal(b.registry.asked("PUT").length, 1);
});

Deno.test("status 500 and 503 on PUT and POST are tried again", async () => {
  await using b = bench();
  b.registry.faults.add(
    { method: "POST", times: 2, action: status(503) },
    { method: "PUT", path: UPLOADS, times: 2, action: status(500) },
  );
  await b.transport.putBlob(b.place, bytesSource(bytes));
  assert.deepEqual(stored(b), bytes);
});

Deno.test("a session that the registry forgot is opened anew", async () => {
  await using b = bench();
  b.registry.faults.add({
    method: "PUT",
    path: UPLOADS,
    action: async (request, proceed) => {
      b.registry.repository("r").uploads.clear();
      await request.bytes();
      return await proceed();
    },
  });
  await b.transport.putBlob(b.place, bytesSource(bytes));
  assert.deepEqual(stored(b), bytes);
});

Deno.test("an upload whose source breaks off once is mended, without asking the target for anything odd", async () => {
  await using b = bench();
  const source = bytesSource(bytes, { cutAt: 200 * KIB, cuts: 1 });
  await b.transport.putBlob(b.place, source);
  assert.deepEqual(stored(b), bytes);
  assert(source.opened.length >= 2);
});

Deno.test("a transfer between registries survives faults on both sides at once", async () => {
  await using from = bench();
  await using to = bench();
  to.registry.repository("r").blobs.clear();
  from.registry.faults.add(
    { path: /blobs\/sha256/, action: async (_request, proceed) => ({ ...await proceed(), status: 0, end: "close" }) },
    {
      path: /blobs\/sha256/,
      action: async (_request, proceed) => {
        const right = await proceed();
        const body = right.body as Uint8Array;
        return { ...right, body: body.subarray(0, 70_000), contentLength: body.byteLength, end: "close" };
      },
    },
  );
  to.registry.faults.add({ method: "PUT", path: UPLOADS, action: cutUpload(to, 90_000) });
  await to.transport.putBlob(to.place, sourceOf(from));
  assert.deepEqual(to.registry.repository("r").blobs.get(from.digest), from.blob);
});

Deno.test("a Location with a query of its own is kept byte for byte", async () => {
  await using b = bench({ features: { uploadLocation: "query" } });
  await b.transport.putBlob(b.place, bytesSource(bytes));
  const put = b.registry.asked("PUT")[0]!;
  assert.equal(put.query.get("_state"), "0==");
  assert.equal(put.query.get("part"), "1");
  assert.equal(put.query.get("digest"), digest);
});

Deno.test("an upload Location on another host gets the bytes and no authorization", async () => {
  await using other = new FakeRegistry();
  await using b = bench({}, (registry) => ({
    credentials: { get: () => Promise.resolve({ kind: "basic", username: "ann", password: "pw" }) },
    hosts: { [registry.host]: {} },
  }));
  b.registry.auth = basicAuth("ann", "pw");
  const id = crypto.randomUUID();
  other.repository("r").uploads.set(id, { bytes: new Uint8Array(0) });
  b.registry.faults.add({
    method: "POST",
    path: UPLOADS,
    when: (request) => request.headers.has("authorization"),
    action: relocate(() => `${other.origin}/v2/r/blobs/uploads/${id}`),
  });
  await b.transport.putBlob(b.place, bytesSource(bytes));
  assert.deepEqual(other.repository("r").blobs.get(digest), bytes);
  assert(b.registry.requests.some((request) => request.headers.has("authorization")));
  assert(other.requests.every((request) => !request.headers.has("authorization")));
});

for (
  const location of [undefined, "", "http://", "ftp://host/x", "file:///etc/passwd", "http://user:pw@127.0.0.1/x"]
) {
  Deno.test(`an upload Location of ${location === undefined ? "nothing" : `"${location}"`} is refused`, async () => {
    await using b = bench();
    b.registry.faults.add({ method: "POST", path: UPLOADS, times: 9, action: headers({ location }) });
    await rejectsWith(b.transport.putBlob(b.place, bytesSource(bytes)), "RESPONSE_INVALID", "POLICY");
  });
}

Deno.test("a registry that says it stored something else is not believed", async () => {
  await using b = bench();
  const wrong = { "docker-content-digest": digestOf(noise(1, 1)) };
  b.registry.faults.add({ method: "PUT", path: UPLOADS, action: headers(wrong) });
  await rejectsWith(b.transport.putBlob(b.place, bytesSource(bytes)), "DIGEST_MISMATCH");
});

Deno.test("a registry that answers every chunk with 416 is left in the end", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { blobMax: 0 } } }));
  b.registry.faults.add({
    method: "PATCH",
    path: UPLOADS,
    times: Infinity,
    action: answer({ status: 416, headers: { range: "0-0" } }),
  });
  await rejectsWith(b.transport.putBlob(b.place, bytesSource(bytes)), "RESPONSE_INVALID", "CONNECTION_LOST");
  assert(b.registry.asked("PATCH").length < 30);
});

Deno.test("a registry whose Range runs ahead of what it was sent is not followed into nonsense", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { blobMax: 0 } } }));
  b.registry.faults.add({ method: "PATCH", path: UPLOADS, times: Infinity, action: headers({ range: "0-999999999" }) });
  const work = b.transport.putBlob(b.place, bytesSource(bytes));
  await rejectsWith(work, "RESPONSE_INVALID", "SIZE_MISMATCH");
  assert.equal(stored(b), undefined);
});

Deno.test("OCI-Chunk-Min-Length is kept by all chunks but the last", async () => {
  await using b = bench({ features: { chunkMinLength: 100_000 } }, (registry) => ({
    hosts: { [registry.host]: { blobMax: 0 } },
  }));
  await b.transport.putBlob(b.place, bytesSource(bytes));
  const patches = b.registry.asked("PATCH");
  assert(patches.slice(0, -1).every(({ bytes }) => bytes >= 100_000));
  assert.deepEqual(stored(b), bytes);
});

Deno.test("an absurd OCI-Chunk-Min-Length does not take the memory", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { blobMax: 0 } } }));
  b.registry.faults.add({ method: "POST", path: UPLOADS, action: headers({ "oci-chunk-min-length": "9999999999" }) });
  await b.transport.putBlob(b.place, bytesSource(bytes));
  assert.deepEqual(stored(b), bytes);
});

Deno.test("a mount that is refused becomes an upload in the session that came with it", async () => {
  await using b = bench({ features: { mount: false } });
  const from = { ...b.place, repository: "other" };
  b.registry.repository("other").addBlob(bytes);
  const { outcome } = await b.transport.putBlob(b.place, bytesSource(bytes), { mountFrom: from });
  assert.equal(outcome, "sent");
  assert.deepEqual(b.registry.trace, ["POST 202", "PUT 201"]);
});

Deno.test("a mount that fails for lack of rights becomes a plain upload", async () => {
  await using b = bench();
  b.registry.faults.add({ method: "POST", path: /mount=/, action: status(403) });
  const from = { ...b.place, repository: "secret" };
  const { outcome } = await b.transport.putBlob(b.place, bytesSource(bytes), { mountFrom: from });
  assert.equal(outcome, "sent");
  assert.deepEqual(stored(b), bytes);
});

Deno.test("a mount sends no bytes", async () => {
  await using b = bench();
  b.registry.repository("other").addBlob(bytes);
  const source = bytesSource(bytes);
  const { outcome } = await b.transport.putBlob(b.place, source, { mountFrom: { ...b.place, repository: "other" } });
  assert.equal(outcome, "mounted");
  assert.deepEqual(b.registry.trace, ["POST 201"]);
  assert.deepEqual(source.opened, []);
});

Deno.test("a stopped upload is cancelled at the registry, also where it serves one request at a time", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { reqConcurrent: 1 } } }));
  const controller = new AbortController();
  const reason = new Error("enough");
  let told = 0;
  const onBytes = (count: number) => {
    told += count;
    if (told > 100_000) controller.abort(reason);
  };
  const work = b.transport.putBlob(b.place, bytesSource(noise(44, 20 * 1024 * KIB)), {
    signal: controller.signal,
    onBytes,
  });
  await assert.rejects(work, (error) => error === reason);
  assert.equal(b.registry.repository("r").uploads.size, 0);
});
