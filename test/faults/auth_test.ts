import assert from "node:assert/strict";
import type { Credential, CredentialSource } from "../../src/auth/credential.ts";
import { withTag } from "../../src/reference/reference.ts";
import { rejectsWith } from "../contract/contract.ts";
import { credentialsOf } from "../support/client.ts";
import { basicAuth, TokenServer } from "../support/fake_auth.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { answer, redirect, status, unauthorized } from "../support/faults.ts";
import { jsonAnswer } from "../support/http_message.ts";
import { bytesSource, noise, readAll } from "../support/sources.ts";
import { bench, sourceOf } from "./harness.ts";

const ANN = { username: "ann", password: "secret-pw" };

function ann(): CredentialSource {
  const credential: Credential = { kind: "basic", ...ANN };
  return { get: () => Promise.resolve(credential) };
}

Deno.test("Basic: asked for once, then sent with every request", async () => {
  await using b = bench({ auth: basicAuth("ann", "secret-pw") }, { credentials: ann() });
  await b.transport.getManifest(withTag(b.place, "v1"));
  await b.transport.getManifest(withTag(b.place, "v1"));
  assert.deepEqual(b.registry.trace, ["GET 401", "GET 200", "GET 200"]);
});

Deno.test("Basic: a wrong password is UNAUTHORIZED, is not tried over and over, and stands nowhere", async () => {
  await using b = bench({ auth: basicAuth("ann", "other") }, { credentials: ann() });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "UNAUTHORIZED");
  assert.equal(error.exit, 4);
  assert(b.registry.requests.length <= 3);
  const said = JSON.stringify([error, error.message, error.hint, error.detail, b.log]);
  assert(!said.includes("secret-pw") && !said.includes(btoa("ann:secret-pw")), said);
});

Deno.test("no credential: UNAUTHORIZED with a hint to log in", async () => {
  await using b = bench({ auth: basicAuth("ann", "x") });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "UNAUTHORIZED");
  assert.match(error.hint ?? "", /login/);
});

Deno.test("Bearer: one token serves reading, another is asked for when writing needs more", async () => {
  await using tokens = new TokenServer({ users: { ann: "secret-pw" }, expiresIn: 300 });
  await using b = bench({ auth: tokens }, { credentials: ann() });
  await b.transport.getManifest(withTag(b.place, "v1"));
  assert.deepEqual(await readAll((await sourceOf(b).open(0)).body), b.blob);
  assert.equal(tokens.requests.length, 1);
  assert.deepEqual(tokens.requests[0]!.scopes, ["repository:r:pull"]);
  assert.equal(tokens.requests[0]!.service, "fake");
  await b.transport.putBlob(b.place, bytesSource(noise(1, 1000)));
  await b.transport.putManifest(withTag(b.place, "v2"), b.image);
  assert.equal(tokens.requests.length, 2);
  assert(tokens.requests[1]!.scopes.some((scope) => scope === "repository:r:pull,push"));
});

Deno.test("Bearer: many requests at a time ask for one token", async () => {
  await using tokens = new TokenServer({ users: { ann: "secret-pw" }, expiresIn: 300 });
  await using b = bench({ auth: tokens }, { credentials: ann() });
  await Promise.all(Array.from({ length: 12 }, () => b.transport.headManifest(withTag(b.place, "v1"))));
  assert.equal(tokens.requests.length, 1);
});

Deno.test("Bearer: a token that ended is renewed, before the registry refuses it where that can be known", async () => {
  const clock = { now: () => 0 };
  await using tokens = new TokenServer({ anonymous: ["pull"], expiresIn: 100, now: () => clock.now() });
  await using b = bench({ auth: tokens });
  clock.now = () => b.clock.now();
  await b.transport.headManifest(withTag(b.place, "v1"));
  await b.clock.sleep(200_000);
  await b.transport.headManifest(withTag(b.place, "v1"));
  assert.equal(tokens.requests.length, 2);
  assert.deepEqual(b.registry.trace, ["HEAD 401", "HEAD 200", "HEAD 200"]);
});

Deno.test("Bearer: tokens that the server took back are asked for anew, also in the middle of an upload", async () => {
  await using tokens = new TokenServer({ users: { ann: "secret-pw" }, expiresIn: 300 });
  await using b = bench({ auth: tokens }, { credentials: ann() });
  const big = noise(9, 3 * 1024 * 1024);
  await b.transport.headManifest(withTag(b.place, "v1"));
  b.registry.faults.add({
    method: "PUT",
    action: async (_request, proceed) => {
      await b.clock.sleep(60_000);
      tokens.revoke();
      return await proceed();
    },
  });
  let told = 0;
  await b.transport.putBlob(b.place, bytesSource(big), { onBytes: (count) => told += count });
  assert.equal(told, big.byteLength);
});

Deno.test("Bearer: a mount asks for the right to read where it mounts from", async () => {
  await using tokens = new TokenServer({ users: { ann: "secret-pw" } });
  await using b = bench({ auth: tokens }, { credentials: ann() });
  const bytes = noise(10, 1000);
  b.registry.repository("other").addBlob(bytes);
  const mountFrom = { ...b.place, repository: "other" };
  const { outcome } = await b.transport.putBlob(b.place, bytesSource(bytes), { mountFrom });
  assert.equal(outcome, "mounted");
  const scopes = tokens.requests.flatMap(({ scopes }) => scopes);
  assert(scopes.includes("repository:other:pull"), scopes.join(" "));
});

Deno.test("Bearer: an identity token is exchanged by POST and never sent to the registry", async () => {
  await using tokens = new TokenServer({ refreshTokens: ["refresh-me"], field: "access_token" });
  await using b = bench({ auth: tokens }, {
    credentials: { get: () => Promise.resolve({ kind: "identity", token: "refresh-me" }) },
  });
  await b.transport.getManifest(withTag(b.place, "v1"));
  const [request] = tokens.requests;
  assert.equal(request?.method, "POST");
  assert.equal(request?.parameters.get("grant_type"), "refresh_token");
  assert.equal(request?.parameters.get("refresh_token"), "refresh-me");
  assert(b.registry.requests.every(({ headers }) => !headers.get("authorization")?.includes("refresh-me")));
});

Deno.test("Bearer: a scope that is not granted is a refusal, not a loop", async () => {
  await using tokens = new TokenServer({ users: { ann: "secret-pw" }, forbidden: /push/ });
  await using b = bench({ auth: tokens }, { credentials: ann() });
  await rejectsWith(b.transport.putManifest(withTag(b.place, "v2"), b.image), "UNAUTHORIZED", "DENIED");
  assert(b.registry.requests.length <= 6 && tokens.requests.length <= 6);
});

for (
  const [name, challenges] of [
    ["Negotiate first, in a field of its own", ["Negotiate", 'Basic realm="x"']],
    ["Negotiate and Basic in one field", ['Negotiate, Basic realm="x, y", charset="UTF-8"']],
    ["an unknown scheme with a token68", ['Foo abc==, Basic realm="x"']],
    ["lower case and odd spaces", ['basic   realm = "x"']],
    ["no realm", ["Basic"]],
    ["escaped quotes", ['Basic realm="a \\"b\\", Bearer realm=\\"http://127.0.0.1:1/\\""']],
  ] as const
) {
  Deno.test(`challenge: ${name}`, async () => {
    await using b = bench({ auth: basicAuth("ann", "secret-pw") }, { credentials: ann() });
    b.registry.faults.add({ action: unauthorized(...challenges) });
    await b.transport.getManifest(withTag(b.place, "v1"));
    assert.deepEqual(b.registry.trace, ["GET 401", "GET 200"]);
  });
}

for (
  const challenge of ["", "Negotiate", "Bearer", 'Bearer realm=""', 'Bearer realm="::"', 'Bearer realm="ftp://x/"']
) {
  Deno.test(`a challenge of "${challenge}" is UNAUTHORIZED or refused, not a crash`, async () => {
    await using b = bench({}, { credentials: ann() });
    b.registry.faults.add({ times: Infinity, action: unauthorized(...(challenge === "" ? [] : [challenge])) });
    await rejectsWith(
      b.transport.getManifest(withTag(b.place, "v1")),
      "UNAUTHORIZED",
      "POLICY",
      "RESPONSE_INVALID",
    );
    assert(b.registry.requests.length <= 3);
  });
}

Deno.test("a token server that fails is tried again", async () => {
  await using tokens = new TokenServer({ anonymous: ["pull"] });
  await using b = bench({ auth: tokens });
  tokens.faults.add({ action: status(503) }, { action: status(500) });
  await b.transport.headManifest(withTag(b.place, "v1"));
  assert.deepEqual(tokens.requests.map(({ status }) => status), [503, 500, 200]);
});

Deno.test("a token server that refuses is UNAUTHORIZED and says so", async () => {
  await using tokens = new TokenServer({ users: { ann: "other" } });
  await using b = bench({ auth: tokens }, { credentials: ann() });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "UNAUTHORIZED");
  assert(!JSON.stringify([error, b.log]).includes("secret-pw"));
  assert(tokens.requests.length <= 4);
});

for (const body of ["", "{}", "[]", '{"token":1}', '{"token":""}', "<html>", '{"token":"a\\r\\nX-Evil: 1"}', "null"]) {
  Deno.test(`a token answer of ${JSON.stringify(body)} is refused and goes nowhere`, async () => {
    await using tokens = new TokenServer({ anonymous: ["pull"] });
    await using b = bench({ auth: tokens });
    tokens.faults.add({ times: Infinity, action: answer({ status: 200, body }) });
    await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "UNAUTHORIZED", "RESPONSE_INVALID", "DENIED");
    assert(b.registry.requests.every(({ headers }) => !headers.has("x-evil")));
  });
}

Deno.test("a token of many megabytes does not fill the memory", async () => {
  await using tokens = new TokenServer({ anonymous: ["pull"] });
  await using b = bench({ auth: tokens });
  const token = "x".repeat(8 * 1024 * 1024);
  tokens.faults.add({ times: Infinity, action: () => jsonAnswer(200, { token }) });
  await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "UNAUTHORIZED", "RESPONSE_INVALID");
});

for (const expires of [0, -1, 1, 1e20, 300_000_000_000, "soon", null]) {
  Deno.test(`expires_in of ${JSON.stringify(expires)} is survived`, async () => {
    await using tokens = new TokenServer({ anonymous: ["pull"] });
    await using b = bench({ auth: tokens });
    tokens.faults.add({
      times: Infinity,
      action: async (_request, proceed) => {
        const right = await proceed();
        return jsonAnswer(200, { ...JSON.parse(String(right.body)), expires_in: expires });
      },
    });
    for (let round = 0; round < 3; round++) await b.transport.headManifest(withTag(b.place, "v1"));
    assert(tokens.requests.length <= 4);
  });
}

Deno.test("a token realm that sends elsewhere does not take the password along", async () => {
  await using thief = new FakeRegistry();
  await using tokens = new TokenServer({ users: { ann: "secret-pw" } });
  await using b = bench({ auth: tokens }, { credentials: ann() });
  tokens.faults.add({ times: Infinity, action: redirect(`${thief.origin}/token`) });
  await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "POLICY", "UNAUTHORIZED", "RESPONSE_INVALID");
  assert(thief.requests.every(({ headers }) => !headers.has("authorization")));
});

Deno.test("a password for one registry is not sent to another", async () => {
  await using other = new FakeRegistry({ auth: basicAuth("ann", "secret-pw") });
  await using b = bench({ auth: basicAuth("ann", "secret-pw") }, (registry) => ({
    credentials: credentialsOf({ [registry.host]: "ann:secret-pw" }),
  }));
  await b.transport.getManifest(withTag(b.place, "v1"));
  await rejectsWith(b.transport.getManifest({ ...b.place, registry: other.host, tag: "v1" }), "UNAUTHORIZED");
  assert(other.requests.every(({ headers }) => !headers.has("authorization")));
});

Deno.test("a 403 is DENIED with the registry's words and not tried again", async () => {
  await using b = bench({}, { credentials: ann() });
  b.registry.faults.add({ times: Infinity, action: status(403, {}, "DENIED") });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "DENIED");
  assert.match(error.detail ?? "", /DENIED/);
  assert.equal(b.registry.requests.length, 1);
});
