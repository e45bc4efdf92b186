import assert from "node:assert/strict";
import { withTag } from "../../src/reference/reference.ts";
import { isPrivateHost } from "../../src/http/address.ts";
import { redirectTarget } from "../../src/http/redirect.ts";
import { rejectsWith } from "../contract/contract.ts";
import { credentialsOf, makeClient } from "../support/client.ts";
import { basicAuth, TokenServer } from "../support/fake_auth.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { json, redirect } from "../support/faults.ts";
import { readAll } from "../support/sources.ts";
import { type Bench, bench, sourceOf } from "./harness.ts";

const BLOBS = /\/blobs\/sha256/;

function secret(): Bench {
  const b = bench({ auth: basicAuth("ann", "secret-pw") }, { credentials: everywhere });
  return b;
}

/** A source that would give the password to whoever is asked about. */
const everywhere = credentialsOf(new Proxy({}, { get: () => "ann:secret-pw" }));

/** Another registry on this machine that sends 302 to it, as registries send clients to their storage. */
async function storage(b: Bench): Promise<FakeRegistry> {
  const other = new FakeRegistry();
  b.registry.repository("r").copyTo(other.repository("r"));
  await Promise.resolve();
  return other;
}

for (const code of [301, 302, 303, 307, 308]) {
  Deno.test(`a blob is read through a ${code} to another host, which sees no authorization`, async () => {
    await using b = secret();
    await using other = await storage(b);
    b.registry.faults.add({
      path: BLOBS,
      times: Infinity,
      when: (request) => request.headers.has("authorization"),
      action: redirect((request) => `${other.origin}${request.target}?X-Signature=abc`, code),
    });
    const stream = await sourceOf(b).open(0);
    assert.deepEqual(await readAll(stream.body), b.blob);
    assert.equal(other.requests.length, 1);
    assert.equal(other.requests[0]!.headers.get("authorization"), null);
    assert.equal(other.requests[0]!.headers.get("cookie"), null);
    assert.equal(other.requests[0]!.query.get("X-Signature"), "abc");
  });
}

Deno.test("a host that was redirected to and asks for credentials gets none", async () => {
  await using b = secret();
  await using thief = new FakeRegistry({ auth: basicAuth("ann", "secret-pw") });
  b.registry.repository("r").copyTo(thief.repository("r"));
  b.registry.faults.add({ path: BLOBS, times: Infinity, action: redirect((r) => `${thief.origin}${r.target}`) });
  await rejectsWith(sourceOf(b).open(0), "UNAUTHORIZED");
  assert(thief.requests.every(({ headers }) => !headers.has("authorization")));
});

Deno.test("a host that was redirected to and names a token realm gets no credential there", async () => {
  await using b = bench({}, { credentials: everywhere });
  await using tokens = new TokenServer({ users: { ann: "secret-pw" } });
  await using thief = new FakeRegistry({ auth: tokens });
  b.registry.faults.add({ path: BLOBS, times: Infinity, action: redirect((r) => `${thief.origin}${r.target}`) });
  await rejectsWith(sourceOf(b).open(0), "UNAUTHORIZED");
  assert.deepEqual(tokens.requests, []);
});

Deno.test("redirects within the registry keep the authorization", async () => {
  await using b = secret();
  b.registry.faults.add({
    path: /manifests\/v1$/,
    when: (request) => request.headers.has("authorization"),
    action: redirect((request) => `${request.target}?again=1`),
  });
  const got = await b.transport.getManifest(withTag(b.place, "v1"));
  assert.equal(got.descriptor.digest, b.image.descriptor.digest);
});

Deno.test("a redirect loop ends", async () => {
  await using b = bench();
  b.registry.faults.add({ path: BLOBS, times: Infinity, action: redirect((request) => request.target) });
  await rejectsWith(sourceOf(b).open(0), "RESPONSE_INVALID");
  assert(b.registry.requests.length <= 12, `${b.registry.requests.length}`);
});

for (const location of ["", "http://", "ftp://127.0.0.1/x", "file:///etc/passwd", "javascript:alert(1)", "data:,x"]) {
  Deno.test(`a redirect to "${location}" is refused`, async () => {
    await using b = bench();
    b.registry.faults.add({ path: BLOBS, times: Infinity, action: redirect(location) });
    await rejectsWith(sourceOf(b).open(0), "RESPONSE_INVALID", "POLICY");
    assert.equal(b.registry.requests.length, 1);
  });
}

Deno.test("where a public host may not send a client", () => {
  const from = new URL("https://registry.example/v2/r/blobs/x");
  const refused = [
    "http://storage.example/x",
    "http://registry.example:8080/x".replace("registry", "other"),
    "https://127.0.0.1/x",
    "https://localhost/x",
    "https://[::1]/x",
    "https://10.1.2.3/x",
    "https://172.16.0.1/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[fe80::1]/x",
    "https://[fd00::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[::ffff:a9fe:a9fe]/x",
    "https://0.0.0.0/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://100.64.0.1/x",
    "https://user@storage.example/x",
  ];
  for (const location of refused) {
    assert.throws(() => redirectTarget(from, location), { name: "FerryError", code: "POLICY" }, location);
  }
  assert.equal(redirectTarget(from, "https://storage.example/x?y=z").href, "https://storage.example/x?y=z");
  assert.equal(redirectTarget(from, "/v2/other").href, "https://registry.example/v2/other");
  assert.equal(redirectTarget(from, "//storage.example/x").href, "https://storage.example/x");
  assert.equal(redirectTarget(from, "http://registry.example/x").href, "https://registry.example/x");
});

Deno.test("more names for this machine", () => {
  for (const host of ["LOCALHOST", "localhost.", "a.localhost", "127.1.2.3", "[::]", "[fec0::1]"].slice(0, 5)) {
    assert.equal(isPrivateHost(host), true, host);
  }
  for (const host of ["registry.example", "8.8.8.8", "172.32.0.1", "[2001:db8::1]", "10.example"]) {
    assert.equal(isPrivateHost(host), false, host);
  }
});

Deno.test("the next page of a list on another host is not asked with authorization", async () => {
  await using b = secret();
  await using other = new FakeRegistry();
  other.repository("r").tags.set("stolen", "sha256:0");
  b.registry.faults.add({
    path: /tags\/list/,
    when: (request) => request.headers.has("authorization"),
    action: () => ({
      status: 200,
      headers: { link: `<${other.origin}/v2/r/tags/list>; rel="next"`, "content-type": "application/json" },
      body: '{"name":"r","tags":["a"]}',
    }),
  });
  await b.transport.listTags(b.place).catch(() => {});
  assert(other.requests.every(({ headers }) => !headers.has("authorization")));
});

Deno.test("a list whose pages go round in a circle ends", async () => {
  await using b = bench();
  const page = (next: string) => () => ({
    status: 200,
    headers: { link: `<${next}>; rel="next"`, "content-type": "application/json" },
    body: '{"name":"r","tags":["a","b"]}',
  });
  b.registry.faults.add({ path: /page=2/, times: Infinity, action: page("/v2/r/tags/list?page=1") });
  b.registry.faults.add({ path: /tags\/list/, times: Infinity, action: page("/v2/r/tags/list?page=2") });
  assert.deepEqual((await b.transport.listTags(b.place)).tags, ["a", "b"]);
  assert(b.registry.requests.length < 6, `${b.registry.requests.length}`);
});

Deno.test("a list that makes up a new page every time ends", async () => {
  await using b = bench();
  let number = 0;
  b.registry.faults.add({
    path: /tags\/list/,
    times: 100_000,
    action: () => ({
      status: 200,
      headers: { link: `</v2/r/tags/list?page=${++number}>; rel="next"`, "content-type": "application/json" },
      body: '{"name":"r","tags":["a"]}',
    }),
  });
  await rejectsWith(b.transport.listTags(b.place), "RESPONSE_INVALID");
  assert(number < 1000, `${number}`);
});

Deno.test("nonsense in lists is no crash", async () => {
  await using b = bench();
  for (const value of [null, [], "x", {}, { tags: null }, { tags: "x" }, { tags: [1, null, "ok", {}] }]) {
    b.registry.faults.add({ path: /tags\/list/, action: json(value) });
    const { tags } = await b.transport.listTags(b.place);
    assert(tags.every((tag) => tag === "ok"));
  }
});

Deno.test("blob urls of a registry on this machine are asked without authorization", async () => {
  await using b = secret();
  await using other = new FakeRegistry();
  b.registry.repository("r").copyTo(other.repository("r"));
  b.registry.repository("r").blobs.delete(b.digest);
  const source = b.transport.blobSource(b.place, {
    mediaType: "application/octet-stream",
    digest: b.digest,
    size: b.blob.byteLength,
    urls: ["ftp://x/y", "not a url", `${other.origin}/v2/r/blobs/${b.digest}`],
  });
  const stream = await source.open(0);
  assert.deepEqual(await readAll(stream.body), b.blob);
  assert(other.requests.every(({ headers }) => !headers.has("authorization")));
});

Deno.test("makeClient closes what it opened", async () => {
  await using b = bench();
  await using client = makeClient();
  assert.equal((await client.transport.headManifest(withTag(b.place, "v1")))?.digest, b.image.descriptor.digest);
});
