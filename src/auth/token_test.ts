import assert from "node:assert/strict";
import { FerryError } from "../errors.ts";
import { formatScopes, NO_SCOPES, parseScopes, type ScopeSet } from "./scope.ts";
import { createTokenStore, type TokenGrant, tokenLife } from "./token.ts";

function fixture(grow: boolean, answer?: (scopes: string[]) => TokenGrant) {
  const asked: string[] = [];
  const time = { now: 1_000_000 };
  const store = createTokenStore({
    grow,
    now: () => time.now,
    fetch: async (scopes: ScopeSet) => {
      const token = `t${asked.push(formatScopes(scopes).join(" "))}`;
      await Promise.resolve();
      return answer?.(formatScopes(scopes)) ?? { token, life: 100 };
    },
  });
  return { asked, time, store, get: async (...scopes: string[]) => (await store.get(parseScopes(scopes))).value };
}

Deno.test("life: missing, short, absurd and plain", () => {
  assert.equal(tokenLife(undefined), 60);
  assert.equal(tokenLife(0), 60);
  assert.equal(tokenLife(-5), 60);
  assert.equal(tokenLife(59), 60);
  assert.equal(tokenLife("soon"), 60);
  assert.equal(tokenLife("900"), 900);
  assert.equal(tokenLife(3600), 3600);
  assert.equal(tokenLife(300_000_000_000), 300);
  assert.equal(tokenLife(Infinity), 300);
});

Deno.test("life: issued_at counts against the server's own clock alone", () => {
  const date = "Fri, 01 Jan 2021 00:01:40 GMT";
  assert.equal(tokenLife(300, "2021-01-01T00:00:00Z", date), 200);
  assert.equal(tokenLife(300, "2021-01-01T00:00:00Z"), 300);
  assert.equal(tokenLife(300, "2021-01-01T00:00:00Z", null), 300);
  assert.equal(tokenLife(300, "2031-01-01T00:00:00Z", date), 300);
  assert.equal(tokenLife(300, "2011-01-01T00:00:00Z", date), 300);
  assert.equal(tokenLife(300, "yesterday", date), 300);
  assert.equal(tokenLife(101, "2021-01-01T00:00:00Z", date), 10);
});

Deno.test("a token is used until shortly before its end", async () => {
  const { asked, time, get } = fixture(true);
  assert.equal(await get("repository:a:pull"), "t1");
  time.now += 94_999;
  assert.equal(await get("repository:a:pull"), "t1");
  time.now += 1;
  assert.equal(await get("repository:a:pull"), "t2");
  assert.deepEqual(asked, ["repository:a:pull", "repository:a:pull"]);
});

Deno.test("growing: a new scope brings the old ones along, and one token serves all", async () => {
  const { asked, get } = fixture(true);
  await get("repository:a:pull");
  await get("repository:b:pull,push");
  assert.equal(await get("repository:a:pull"), "t2");
  assert.equal(await get("repository:b:push"), "t2");
  assert.equal(await get(), "t2");
  assert.deepEqual(asked, ["repository:a:pull", "repository:a:pull repository:b:pull,push"]);
});

Deno.test("growing stops before the token gets too long; earlier tokens stay in use", async () => {
  const { asked, get } = fixture(true);
  for (let i = 0; i < 12; i++) await get(`repository:r${i}:pull`);
  assert.equal(asked[9]?.split(" ").length, 10);
  assert.equal(asked[10], "repository:r10:pull");
  const before = asked.length;
  for (let i = 0; i < 12; i++) await get(`repository:r${i}:pull`);
  assert.equal(asked.length, before);
});

Deno.test("without growing each set of scopes has its token, the narrowest is used", async () => {
  const { asked, get } = fixture(false);
  await get("repository:a:pull");
  await get("repository:a:pull", "repository:b:pull");
  assert.equal(await get("repository:a:pull"), "t1");
  assert.equal(await get("repository:b:pull"), "t2");
  assert.deepEqual(asked, ["repository:a:pull", "repository:a:pull repository:b:pull"]);
});

Deno.test("many at once share one request; those with other scopes have their own", async () => {
  const { asked, get } = fixture(true);
  const values = await Promise.all([
    ...Array.from({ length: 20 }, () => get("repository:a:pull,push")),
    get("repository:a:pull"),
    get("repository:b:pull"),
  ]);
  assert.deepEqual(asked, ["repository:a:pull,push", "repository:b:pull"]);
  assert.deepEqual(new Set(values.slice(0, 21)), new Set(["t1"]));
});

Deno.test("a refusal of the grown scopes falls back to what is needed now, and growing ends", async () => {
  const { asked, get } = fixture(true, (scopes) => {
    if (scopes.length > 1) throw new FerryError("UNAUTHORIZED", "One scope at a time");
    return { token: scopes[0] ?? "none", life: 100 };
  });
  await get("repository:a:pull");
  assert.equal(await get("repository:b:pull"), "repository:b:pull");
  assert.equal(await get("repository:c:pull"), "repository:c:pull");
  assert.deepEqual(asked, [
    "repository:a:pull",
    "repository:a:pull repository:b:pull",
    "repository:b:pull",
    "repository:c:pull",
  ]);
});

Deno.test("a failure is not kept, and a dropped token is fetched again", async () => {
  let fail = true;
  const { store, get } = fixture(true, () => {
    if (fail) throw new FerryError("HTTP_5XX", "Down");
    return { token: "up", life: 100 };
  });
  await assert.rejects(get("repository:a:pull"), { code: "HTTP_5XX" });
  fail = false;
  const token = await store.get(parseScopes(["repository:a:pull"]));
  assert.equal(token, store.find("up"));
  store.drop(token);
  assert.equal(store.find("up"), undefined);
});

Deno.test("one who leaves does not stop the others; when all left the request is stopped", async () => {
  let stop: AbortSignal | undefined;
  const gate = Promise.withResolvers<TokenGrant>();
  const store = createTokenStore({
    grow: true,
    now: () => 0,
    fetch: (_scopes, signal) => {
      stop = signal;
      return gate.promise;
    },
  });
  const leaving = new AbortController();
  const left = store.get(NO_SCOPES, leaving.signal);
  const stayed = store.get(NO_SCOPES, new AbortController().signal);
  leaving.abort(new Error("left"));
  await assert.rejects(left, { message: "left" });
  assert.equal(stop?.aborted, false);
  gate.resolve({ token: "x", life: 100 });
  assert.equal((await stayed).value, "x");

  const alone = new AbortController();
  const never = createTokenStore({
    grow: true,
    now: () => 0,
    fetch: (_scopes, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  const waiting = never.get(NO_SCOPES, alone.signal);
  alone.abort(new Error("gone"));
  await assert.rejects(waiting, { message: "gone" });
  await assert.rejects(never.get(NO_SCOPES, AbortSignal.abort(new Error("before"))), { message: "before" });
});
