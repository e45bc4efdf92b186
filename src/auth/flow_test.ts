import assert from "node:assert/strict";
import { BOB, place, rejectsWith, type Reply } from "../../test/support/auth_place.ts";
import type { FerryError } from "../errors.ts";
import { createAuthorizer } from "./flow.ts";

Deno.test("anonymous token by GET with client_id, service and scope", () =>
  place({}, async ({ send, calls, requests }) => {
    assert.equal(await send("a"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Bearer"]);
    const [call] = calls;
    assert.equal(calls.length, 1);
    assert.deepEqual([call?.method, call?.basic, call?.scopes], ["GET", undefined, ["repository:a:pull"]]);
    assert.deepEqual(Object.fromEntries(call?.params ?? []), {
      client_id: "ferry-test",
      service: "reg",
      scope: "repository:a:pull",
    });
  }));

Deno.test("basic credential goes to the realm with account; later requests go out authorized at once", () =>
  place({ credential: BOB }, async ({ send, calls, requests, log }) => {
    assert.equal(await send("a"), 200);
    assert.equal(await send("a"), 200);
    assert.equal(await send("b/c", "push"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Bearer", "a pull Bearer", "b/c push Bearer"]);
    assert.deepEqual(calls.map((call) => [call.basic, call.params.get("account"), call.scopes]), [
      ["bob:s3cr3t-pass", "bob", ["repository:a:pull"]],
      ["bob:s3cr3t-pass", "bob", ["repository:a:pull", "repository:b/c:pull,push"]],
    ]);
    assert.ok(log.length > 0 && !log.join().includes("s3cr3t") && !log.join().includes("tok1"));
  }));

Deno.test("repoAuth: a token for each repository, none for two", () =>
  place({ credential: BOB }, async ({ send, calls }) => {
    for (const repository of ["a", "b", "a"]) assert.equal(await send(repository, "pull", { repoAuth: true }), 200);
    assert.deepEqual(calls.map((call) => call.scopes), [["repository:a:pull"], ["repository:b:pull"]]);
  }));

Deno.test("many requests at once: one token request", () =>
  place({ credential: BOB }, async ({ send, calls }) => {
    assert.deepEqual(await Promise.all(Array.from({ length: 12 }, () => send("a"))), Array(12).fill(200));
    assert.equal(calls.length, 1);
  }));

Deno.test("Basic: sent after the challenge, then at once", () =>
  place({
    credential: { kind: "basic", username: "jörg", password: "s3cr3t-ü:x" },
    challenge: () => 'Negotiate, BASIC realm="a, b"',
    accept: (authorization) =>
      authorization === `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode("jörg:s3cr3t-ü:x")))}`,
  }, async ({ send, calls, requests }) => {
    assert.equal(await send("a"), 200);
    assert.equal(await send("b"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Basic", "b pull Basic"]);
    assert.equal(calls.length, 0);
  }));

Deno.test("Basic refused is UNAUTHORIZED after one try, naming user and how to log in", () =>
  place({ credential: BOB, challenge: () => "Basic", accept: () => false }, async ({ send, requests }) => {
    await assert.rejects(send("a"), rejectsWith("UNAUTHORIZED", '"bob"', '"a"', "ferry registry login reg.example"));
    assert.deepEqual(requests, ["a pull -", "a pull Basic"]);
  }));

Deno.test("Basic and Bearer offered: Basic first, Bearer when it is refused; anonymous goes to Bearer", async () => {
  const both = (realm: string, scope: string) =>
    `Basic realm="x", Bearer realm="${realm}",service="reg",scope="${scope}"`;
  await place({ credential: BOB, challenge: both }, async ({ send, requests }) => {
    assert.equal(await send("a"), 200);
    assert.equal(await send("a"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Basic", "a pull Bearer", "a pull Bearer"]);
  });
  await place({ challenge: both }, async ({ send, requests }) => {
    assert.equal(await send("a"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Bearer"]);
  });
});

Deno.test("no credential for Basic, no known scheme, no challenge: UNAUTHORIZED says which", async () => {
  const cases: [string | undefined, string][] = [
    ["Basic realm=x", "anonymous"],
    ["Negotiate, NTLM", "negotiate, ntlm"],
    [undefined, "no way to log in"],
  ];
  for (const [challenge, words] of cases) {
    await place({ challenge: () => challenge, accept: () => false }, async ({ send, requests }) => {
      await assert.rejects(send("a"), rejectsWith("UNAUTHORIZED", words));
      assert.equal(requests.length, 1);
    });
  }
});

Deno.test("identity token: POST as refresh_token, no Basic", () =>
  place({ credential: { kind: "identity", token: "s3cr3t-id" } }, async ({ send, calls }) => {
    assert.equal(await send("a", "push"), 200);
    assert.deepEqual(calls.map((call) => [call.method, call.basic, Object.fromEntries(call.params)]), [[
      "POST",
      undefined,
      {
        grant_type: "refresh_token",
        refresh_token: "s3cr3t-id",
        client_id: "ferry-test",
        service: "reg",
        scope: "repository:a:pull,push",
      },
    ]]);
  }));

Deno.test("identity token where the realm knows no POST: GET, remembered for the next time", async () => {
  for (const status of [404, 405]) {
    await place({
      credential: { kind: "identity", token: "s3cr3t-id" },
      token: (call) => call.method === "POST" ? { status } : {},
    }, async ({ send, calls }) => {
      assert.equal(await send("a"), 200);
      assert.equal(await send("b"), 200);
      assert.deepEqual(calls.map((call) => call.method), ["POST", "GET", "GET"]);
      assert.equal(calls[1]?.basic, "<token>:s3cr3t-id");
    });
  }
});

Deno.test("password where the realm knows no GET: POST with grant_type=password, access_token in the answer", () =>
  place({
    credential: BOB,
    token: (call) => call.method === "GET" ? { status: 405 } : { body: { access_token: "tok2" } },
  }, async ({ send, calls }) => {
    assert.equal(await send("a"), 200);
    const form = calls[1]?.params;
    assert.deepEqual([form?.get("grant_type"), form?.get("username"), form?.get("password")], [
      "password",
      "bob",
      "s3cr3t-pass",
    ]);
  }));

Deno.test("a refresh token that came along is used next; when it ended the credential is", () =>
  place({
    credential: BOB,
    token: (call) =>
      call.params.get("refresh_token") === "s3cr3t-r2"
        ? { status: 401 }
        : call.method === "POST"
        ? { body: { token: "tok2", refresh_token: "s3cr3t-r2" } }
        : { body: { token: call.scopes.length > 2 ? "tok4" : "tok1", refresh_token: "s3cr3t-r1" } },
  }, async ({ send, calls }) => {
    for (const repository of ["a", "b", "c"]) assert.equal(await send(repository), 200);
    assert.deepEqual(calls.map((call) => [call.method, call.params.get("refresh_token"), call.basic !== undefined]), [
      ["GET", null, true],
      ["POST", "s3cr3t-r1", false],
      ["POST", "s3cr3t-r2", false],
      ["GET", null, true],
    ]);
  }));

Deno.test("registrytoken goes to the registry itself, no realm is asked", () =>
  place({
    credential: { kind: "registry", token: "s3cr3t-ready" },
    accept: (authorization) => authorization === "Bearer s3cr3t-ready",
  }, async ({ send, calls }) => {
    assert.equal(await send("a"), 200);
    assert.equal(calls.length, 0);
  }));

Deno.test("a relative realm is the registry's own", async () => {
  const asked: string[] = [];
  const authorizer = createAuthorizer({
    credentials: { get: () => Promise.resolve(undefined) },
    fetchToken: (url) => {
      asked.push(url.href);
      return Promise.resolve({ status: 200, headers: new Headers(), text: '{"token":"t"}' });
    },
  });
  const request = { registry: "r", origin: "https://r.example:5000", repository: "", actions: [], repoAuth: false };
  const answer = {
    status: 401,
    headers: new Headers({ "www-authenticate": 'Bearer realm="/auth?tenant=1",service=s' }),
  };
  assert.equal(await authorizer.challenged(request, answer, undefined), true);
  assert.deepEqual(asked, ["https://r.example:5000/auth?tenant=1&client_id=ferry&service=s"]);
  assert.equal(await authorizer.authorize(request), "Bearer t");
});

Deno.test("an https registry that names an http realm gets no credential there", async () => {
  const authorizer = createAuthorizer({
    credentials: { get: () => Promise.resolve(BOB) },
    fetchToken: () => assert.fail("the realm was asked"),
  });
  const request = { registry: "r", origin: "https://r.example", repository: "a", actions: ["pull"], repoAuth: false };
  const headers = new Headers({ "www-authenticate": 'Bearer realm="http://r.example/token"' });
  await assert.rejects(authorizer.challenged(request, { status: 401, headers }, undefined), rejectsWith("POLICY"));
});

Deno.test("the token server's refusal is told in its own words, without the secret", async () => {
  const body = { errors: [{ code: "UNAUTHORIZED", message: "wrong password s3cr3t-pass" }] };
  await place({ credential: BOB, token: () => ({ status: 401, body }) }, async ({ send, calls }) => {
    await assert.rejects(
      send("a"),
      rejectsWith("UNAUTHORIZED", "UNAUTHORIZED: wrong password ***", "registry login reg.example"),
    );
    assert.equal(calls.length, 1);
  });
  await place({ token: () => ({ status: 403, body: "log in first" }) }, async ({ send }) => {
    await assert.rejects(
      send("a"),
      rejectsWith("UNAUTHORIZED", "no anonymous token", "repository:a:pull", "log in first"),
    );
  });
});

Deno.test("token servers that fail, are busy, or talk nonsense", async () => {
  const cases: [Reply, string][] = [
    [{ status: 503 }, "HTTP_5XX"],
    [{ status: 429, headers: { "retry-after": "7" } }, "TOOMANYREQUESTS"],
    [{ body: { expires_in: 3 } }, "RESPONSE_INVALID"],
    [{ body: { token: "a\r\nx: y" } }, "RESPONSE_INVALID"],
    [{ body: [] }, "RESPONSE_INVALID"],
    [{ status: 302, headers: { location: "http://other.example/" } }, "RESPONSE_INVALID"],
  ];
  for (const [reply, code] of cases) {
    await place({ credential: BOB, token: () => reply }, async ({ send }) => {
      await assert.rejects(send("a"), (error) => {
        if (code === "TOOMANYREQUESTS") assert.equal((error as FerryError).retryAfter, 7);
        return rejectsWith(code)(error);
      });
    });
  }
});
