import assert from "node:assert/strict";
import { BOB, place, rejectsWith } from "../../test/support/auth_place.ts";
import { FerryError } from "../errors.ts";
import type { Credential, CredentialSource } from "./credential.ts";
import { createAuthorizer } from "./flow.ts";

Deno.test("a second refusal for the same scope is UNAUTHORIZED, with the challenge's words", () =>
  place({
    credential: BOB,
    accept: () => false,
    challenge: (realm, scope) => `Bearer realm="${realm}",scope="${scope}",error="insufficient_scope"`,
  }, async ({ send, calls, requests }) => {
    await assert.rejects(send("a"), rejectsWith("UNAUTHORIZED", "insufficient_scope", '"bob"'));
    assert.deepEqual([calls.length, requests.length], [1, 2]);
  }));

Deno.test("a token that ends is renewed before; one that was refused early is fetched again", () =>
  place({ credential: BOB }, async ({ send, calls, requests, time, granted }) => {
    await send("a");
    time.now += 294_000;
    await send("a");
    assert.equal(calls.length, 1);
    time.now += 2_000;
    assert.equal(await send("a"), 200);
    assert.equal(calls.length, 2);
    assert.equal(requests.length, 4);
    time.now += 20_000;
    granted.clear();
    assert.equal(await send("a"), 200);
    assert.equal(calls.length, 3);
  }));

Deno.test("scopes beyond docker's are learned from the challenge", () =>
  place({
    challenge: (realm) => `Bearer realm="${realm}",scope="repository:a:pull,metadata_read"`,
    accept: (authorization) => authorization !== null,
  }, async ({ send, calls, time }) => {
    assert.equal(await send("a"), 200);
    time.now += 1_000_000;
    assert.equal(await send("a"), 200);
    assert.deepEqual(calls.map((call) => call.scopes), [
      ["repository:a:pull,metadata_read"],
      ["repository:a:pull,metadata_read"],
    ]);
  }));

Deno.test("a registry with one scope for everything is asked for that alone", () =>
  place({
    challenge: (realm) => `Bearer realm="${realm}",scope="aws"`,
    accept: (authorization) => authorization !== null,
  }, async ({ send, calls }) => {
    assert.equal(await send("a"), 200);
    assert.equal(await send("b", "push"), 200);
    assert.deepEqual(calls.map((call) => call.scopes), [["aws"]]);
  }));

Deno.test("a registry that reads one scope of a token only gets a token a repository", async () => {
  for (const refusal of [401, 403]) {
    const scopesOf = new Map<string, string[]>();
    await place({
      credential: BOB,
      refusal,
      token: (call) => {
        const token = `one${scopesOf.size}`;
        scopesOf.set(token, call.scopes);
        return { body: { token } };
      },
      accept: (authorization, repository) =>
        scopesOf.get(authorization?.slice("Bearer ".length) ?? "")?.[0] === `repository:${repository}:pull`,
    }, async ({ send, calls }) => {
      for (const repository of ["a", "b", "c", "a"]) assert.equal(await send(repository), 200);
      assert.deepEqual(calls.map((call) => call.scopes.length), [1, 2, 1, 1, 1]);
    });
  }
});

Deno.test("a mount goes on without the source's scope where the token server refuses it", () =>
  place({
    credential: BOB,
    token: (call) => call.scopes.some((scope) => scope.includes("foreign")) ? { status: 403 } : {},
  }, async ({ send, calls }) => {
    const extraScopes = ["repository:foreign:pull"];
    assert.equal(await send("a", "push", { extraScopes }), 200);
    assert.equal(await send("a", "push", { extraScopes }), 200);
    assert.deepEqual(calls.map((call) => call.scopes.length), [2, 1]);
    assert.equal(await send("b", "push", { extraScopes: ["repository:a:pull"] }), 200);
    assert.deepEqual(calls.at(-1)?.scopes, ["repository:a:pull,push", "repository:b:pull,push"]);
  }));

Deno.test("403 stands where nothing else can be tried", () =>
  place({ credential: BOB, refusal: 403, accept: () => false, challenge: () => undefined }, async ({ send, calls }) => {
    assert.equal(await send("a"), 403);
    assert.equal(calls.length, 0);
  }));

function rotating(...credentials: (Credential | FerryError | undefined)[]): CredentialSource & { fresh: number } {
  let at = 0;
  return {
    fresh: 0,
    get(_registry, _repository, options) {
      if (options?.fresh === true) {
        this.fresh++;
        at = Math.min(at + 1, credentials.length - 1);
      }
      const credential = credentials[at];
      return credential instanceof FerryError ? Promise.reject(credential) : Promise.resolve(credential);
    },
  };
}

Deno.test("a credential that ended is asked for again, once, wherever it is refused", async () => {
  const old: Credential = { kind: "basic", username: "AWS", password: "s3cr3t-old" };
  const next: Credential = { ...old, password: "s3cr3t-new" };
  const basic = (authorization: string | null) => authorization === `Basic ${btoa("AWS:s3cr3t-new")}`;
  for (const refusal of [401, 403]) {
    const source = rotating(old, next);
    await place(
      { credential: source, challenge: () => "Basic", accept: basic, refusal },
      async ({ send, requests }) => {
        assert.deepEqual(await Promise.all([send("a"), send("a"), send("b")]), [200, 200, 200]);
        assert.equal(await send("a"), 200);
        assert.equal(source.fresh, 1);
        assert.equal(requests.at(-1), "a pull Basic");
      },
    );
  }
  const source = rotating(old, next);
  await place({
    credential: source,
    token: (call) => call.basic === "AWS:s3cr3t-new" ? {} : { status: 401 },
  }, async ({ send, calls }) => {
    assert.equal(await send("a"), 200);
    assert.deepEqual([source.fresh, calls.length], [1, 2]);
  });
  const same = rotating(old);
  await place({ credential: same, challenge: () => "Basic", accept: () => false }, async ({ send }) => {
    await assert.rejects(send("a"), rejectsWith("UNAUTHORIZED", '"AWS"'));
    await assert.rejects(send("b"), rejectsWith("UNAUTHORIZED", '"AWS"'));
    assert.equal(same.fresh, 1);
  });
});

Deno.test("a helper that fails matters only where a credential is needed", async () => {
  const failure = new FerryError("CREDENTIAL_HELPER_FAILED", "Helper is broken");
  await place({ credential: rotating(failure) }, async ({ send, log }) => {
    assert.equal(await send("a"), 200);
    assert.equal(log.filter((line) => line.startsWith("Helper is broken")).length, 1);
  });
  await place({ credential: rotating(failure), token: () => ({ status: 401 }) }, async ({ send }) => {
    await assert.rejects(send("a"), rejectsWith("CREDENTIAL_HELPER_FAILED"));
  });
});

Deno.test("nothing goes to an origin that did not ask", () =>
  place({ credential: BOB }, async ({ send, authorizer }) => {
    await send("a");
    const other = {
      registry: "reg.example",
      origin: "http://127.0.0.1:1",
      repository: "a",
      actions: ["pull"],
      repoAuth: false,
    };
    assert.equal(await authorizer.authorize(other), undefined);
    assert.equal(await authorizer.authorize({ ...other, registry: "other.example" }), undefined);
  }));

Deno.test("a stopped request stops waiting for its token", async () => {
  const authorizer = createAuthorizer({
    credentials: { get: () => Promise.resolve(undefined) },
    fetchToken: (_url, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  });
  const controller = new AbortController();
  const request = {
    registry: "r",
    origin: "https://r.example",
    repository: "a",
    actions: ["pull"],
    repoAuth: false,
    signal: controller.signal,
  };
  const headers = new Headers({ "www-authenticate": 'Bearer realm="/t"' });
  const waiting = authorizer.challenged(request, { status: 401, headers }, undefined);
  queueMicrotask(() => controller.abort(new Error("stopped")));
  await assert.rejects(waiting, { message: "stopped" });
});
