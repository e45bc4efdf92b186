import assert from "node:assert/strict";
import { withTag } from "../../src/reference/reference.ts";
import { rejectsWith } from "../contract/contract.ts";
import { registryReference } from "../support/client.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { answer, hangUp, retryAfter, silence, status } from "../support/faults.ts";
import { bench } from "./harness.ts";

for (const code of [408, 429, 500, 502, 503, 504]) {
  Deno.test(`status ${code} is tried again, and the request goes through`, async () => {
    await using b = bench();
    b.registry.faults.add({ path: /manifests/, times: 3, action: status(code) });
    const got = await b.transport.getManifest(withTag(b.place, "v1"));
    assert.equal(got.descriptor.digest, b.image.descriptor.digest);
    assert.deepEqual(b.registry.trace, [`GET ${code}`, `GET ${code}`, `GET ${code}`, "GET 200"]);
    assert.equal(b.clock.waits.length, 3);
    assert(b.clock.waits.every((wait, at) => wait >= 50 * 2 ** at && wait <= 100 * 2 ** at), `${b.clock.waits}`);
  });
}

for (const code of [400, 402, 403, 404, 405, 409, 418, 501]) {
  Deno.test(`status ${code} is not tried again`, async () => {
    await using b = bench();
    b.registry.faults.add({ path: /manifests/, times: Infinity, action: status(code) });
    const error = await rejectsWith(
      b.transport.getManifest(withTag(b.place, "v1")),
      "HTTP_4XX",
      "DENIED",
      "MANIFEST_UNKNOWN",
      "UNSUPPORTED",
    );
    assert.equal(error.status, code);
    assert.match(error.message, /status \d+ \(UNKNOWN: status \d+ on purpose\)/);
    assert.equal(b.registry.requests.length, 1);
  });
}

Deno.test("a registry that keeps failing is left after five tries, with its own words", async () => {
  await using b = bench();
  b.registry.faults.add({ times: Infinity, action: status(500) });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "HTTP_5XX");
  assert.equal(error.exit, 7);
  assert.match(error.detail ?? "", /on purpose/);
  assert.equal(b.registry.requests.length, 5);
});

Deno.test("requests to a registry that keeps failing share the wait and do not multiply it", async () => {
  await using b = bench();
  b.registry.faults.add({ times: Infinity, action: status(502) });
  const many = Array.from({ length: 20 }, () => b.transport.headManifest(withTag(b.place, "v1")));
  const results = await Promise.allSettled(many);
  assert(results.every(({ status }) => status === "rejected"));
  assert(b.registry.requests.length < 20 * 5, `${b.registry.requests.length} requests`);
});

Deno.test("Retry-After in seconds is waited for", async () => {
  await using b = bench();
  b.registry.faults.add({ action: retryAfter(429, 7) });
  await b.transport.getManifest(withTag(b.place, "v1"));
  assert(b.clock.waited >= 7000 && b.clock.waited <= 8000, `${b.clock.waited}`);
});

Deno.test("Retry-After as a date is waited for", async () => {
  await using b = bench();
  b.registry.faults.add({ action: retryAfter(503, new Date(b.clock.now() + 20_000)) });
  await b.transport.getManifest(withTag(b.place, "v1"));
  assert(b.clock.waited >= 20_000 && b.clock.waited <= 22_000, `${b.clock.waited}`);
});

Deno.test("a Retry-After in the past, or one that says nothing, is no reason to hurry or to fail", async () => {
  await using b = bench();
  b.registry.faults.add(
    { action: retryAfter(429, new Date(0)) },
    { action: status(429, { "retry-after": "soon" }) },
    { action: status(429, { "retry-after": "-5" }) },
  );
  await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(b.registry.requests.length, 4);
  assert(b.clock.waited < 1000);
});

Deno.test("a Retry-After of an hour is an error that says how long, at once", async () => {
  await using b = bench();
  b.registry.faults.add({ times: Infinity, action: retryAfter(429, 3600) });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "TOOMANYREQUESTS");
  assert.equal(error.exit, 8);
  assert.equal(error.retryAfter, 3600);
  assert.match(error.hint ?? "", /resets in 1h/);
  assert.equal(b.clock.waited, 0);
  assert.equal(b.registry.requests.length, 1);
});

Deno.test("all requests to a host wait when one was told to, and other hosts do not", async () => {
  await using b = bench();
  await using other = new FakeRegistry();
  b.registry.repository("r").copyTo(other.repository("r"));
  b.registry.faults.add({ action: retryAfter(429, 30) });
  await b.transport.getManifest(withTag(b.place, "v1"));
  const waited = b.clock.waited;
  assert(waited >= 30_000);
  await b.transport.getManifest(withTag(registryReference(other.host, "r"), "v1"));
  assert.equal(b.clock.waited, waited);
});

Deno.test("a connection that ends before the answer is tried again", async () => {
  await using b = bench();
  // fetch itself tries a connection in use once more, so that two may be one try of ours.
  b.registry.faults.add({ path: /manifests/, times: 4, action: hangUp() });
  await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(b.registry.asked("GET").at(-1)?.status, 200);
});

Deno.test("a host that always hangs up is CONNECTION_LOST after some tries", async () => {
  await using b = bench();
  b.registry.faults.add({ times: Infinity, action: hangUp() });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "CONNECTION_LOST");
  assert.equal(error.exit, 7);
  assert(b.registry.requests.length >= 5 && b.registry.requests.length <= 10, `${b.registry.requests.length}`);
});

Deno.test("a host that nobody listens on is CONNECT and names the host", async () => {
  await using b = bench();
  const gone = registryReference("127.0.0.1:1", "r", "v1");
  const error = await rejectsWith(b.transport.getManifest(gone), "CONNECT");
  assert.match(error.message, /127\.0\.0\.1:1/);
});

Deno.test("a host name that does not exist is DNS and names the host", async () => {
  await using b = bench();
  const error = await rejectsWith(
    b.transport.getManifest(registryReference("no-such-host.invalid", "r", "v1")),
    "DNS",
  );
  assert.match(error.message, /no-such-host\.invalid/);
});

Deno.test("a host that takes the request and never answers is given up, tried again, and TIMEOUT in the end", async () => {
  await using b = bench({}, { stallMs: 50 });
  b.registry.faults.add({ times: 1, action: silence() });
  assert.equal((await b.transport.headManifest(withTag(b.place, "v1")))?.digest, b.image.descriptor.digest);
  b.registry.faults.add({ times: Infinity, action: silence() });
  await rejectsWith(b.transport.headManifest(withTag(b.place, "v1")), "TIMEOUT");
});

Deno.test("an error whose body never ends or never comes does not hold the request up", async () => {
  await using b = bench({}, { stallMs: 100 });
  const headers = { "content-type": "application/json" };
  b.registry.faults.add({ action: answer({ status: 400, headers, body: '{"err', contentLength: 5000, end: "stall" }) });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "HTTP_4XX");
  assert.equal(error.status, 400);
});

Deno.test("an error with a big body is read only as far as it makes sense", async () => {
  await using b = bench();
  const body = "x".repeat(3 * 1024 * 1024);
  b.registry.faults.add({ action: answer({ status: 400, headers: {}, body }) });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "HTTP_4XX");
  assert(error.message.length < 1000);
});

Deno.test("control characters in a registry's words do not reach the terminal", async () => {
  await using b = bench();
  const body = JSON.stringify({ errors: [{ code: "DENIED\u001b[2J", message: "no\u0007\r\nFAKE LINE\u009b31m" }] });
  b.registry.faults.add({ action: answer({ status: 400, body }) });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "HTTP_4XX");
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(`${error.message}${error.detail}`, /[\u0000-\u001f\u007f-\u009f]/);
});

Deno.test("a stopped request ends at once, also in the middle of a wait", async () => {
  await using b = bench({}, {
    clock: {
      now: Date.now,
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
    },
  });
  b.registry.faults.add({ times: Infinity, action: retryAfter(429, 60) });
  const controller = new AbortController();
  const reason = new Error("enough");
  const work = b.transport.getManifest(withTag(b.place, "v1"), { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 30);
  await assert.rejects(work, (error) => error === reason);
});

Deno.test("a stopped request ends while the host is silent", async () => {
  await using b = bench();
  b.registry.faults.add({ times: Infinity, action: silence() });
  const controller = new AbortController();
  const reason = new Error("enough");
  const work = b.transport.getManifest(withTag(b.place, "v1"), { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 30);
  await assert.rejects(work, (error) => error === reason);
});
