import assert from "node:assert/strict";
import { parseAcl } from "../../src/serve/access/acl.ts";
import { ANONYMOUS_READS, createAuthority, USERS_ONLY } from "../../src/serve/access/authority.ts";
import { hashPassword } from "../../src/serve/access/bcrypt.ts";
import { parseHtpasswd, PasswordChecker } from "../../src/serve/access/htpasswd.ts";
import { Tokens } from "../../src/serve/access/tokens.ts";
import { WatchedFile } from "../../src/serve/access/watched_file.ts";
import { RateLimiter } from "../../src/serve/rate_limit.ts";
import { canMakeCertificates, makeCertificates } from "../support/certificates.ts";
import { bytesOf, Place } from "./harness.ts";

const LINES = (await Promise.all(["ann", "bob"].map(async (user) => `${user}:${await hashPassword(`${user}'s`)}`)))
  .join("\n");

const RULES = JSON.stringify({
  groups: { owners: ["ann"] },
  rules: [
    { repository: "*", allow: ["pull", "push", "delete"], members: ["owners"] },
    { repository: "team/*", allow: ["pull"], members: ["bob"] },
    { repository: "public/*", allow: ["pull"], anonymous: true },
  ],
});

function guard(options: { tokens?: boolean; rules?: boolean; anonymous?: boolean } = {}) {
  const users = parseHtpasswd(LINES, "users");
  const acl = options.rules ? parseAcl(RULES, "acl") : options.anonymous ? ANONYMOUS_READS : USERS_ONLY;
  return createAuthority({
    passwords: new PasswordChecker(() => users, Date.now),
    tokens: options.tokens ? new Tokens(Date.now) : undefined,
    acl: () => acl,
    externalUrl: undefined,
    tls: false,
  });
}

const as = (user: string, password = `${user}'s`) => ({
  headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
});

/** A token for a scope, by way of the challenge. */
async function token(place: Place, scope: string, who: RequestInit = {}) {
  const answer = (await place.send("GET", `/token?service=ferry&scope=${encodeURIComponent(scope)}`, who)).is(200);
  return { headers: { authorization: `Bearer ${answer.json.token}` } };
}

Deno.test("passwords with each request", async () => {
  await using place = await Place.open({ server: { guard: guard() } });
  const refused = (await place.send("GET", "/v2/")).is(401, "UNAUTHORIZED");
  assert.equal(refused.header("www-authenticate"), 'Basic realm="ferry"');
  (await place.send("GET", "/v2/", as("ann"))).is(200);
  (await place.send("GET", "/v2/", as("ann", "wrong"))).is(401);
  (await place.send("GET", "/v2/", as("nobody", ""))).is(401);
  (await place.send("POST", "/v2/a/blobs/uploads/")).is(401);
  (await place.send("POST", "/v2/a/blobs/uploads/", as("bob"))).is(202);
  (await place.send("GET", "/metrics")).is(401);
  (await place.send("GET", "/healthz")).is(200);
  (await place.send("GET", "/v2/", { headers: { authorization: "Basic %%%" } })).is(401);
});

Deno.test("everybody reads, users write", async () => {
  await using place = await Place.open({ server: { guard: guard({ anonymous: true }) } });
  (await place.send("POST", "/v2/a/blobs/uploads/")).is(401);
  (await place.send("POST", "/v2/a/blobs/uploads/", as("ann"))).is(202);
  (await place.send("GET", "/v2/")).is(200);
  (await place.send("GET", "/v2/a/tags/list")).is(404, "NAME_UNKNOWN");
});

Deno.test("the access file decides, repository by repository", async () => {
  await using place = await Place.open({ server: { guard: guard({ rules: true }) } });
  for (const name of ["team/x", "public/x", "private"]) {
    (await place.send("POST", `/v2/${name}/blobs/uploads/?digest=${EMPTY}`, as("ann"))).is(201);
  }
  const blob = (name: string, who: RequestInit = {}) => place.send("HEAD", `/v2/${name}/blobs/${EMPTY}`, who);
  (await blob("team/x", as("bob"))).is(200);
  (await blob("private", as("bob"))).is(403);
  (await blob("public/x")).is(200);
  (await blob("team/x")).is(401);
  (await place.send("POST", "/v2/team/x/blobs/uploads/", as("bob"))).is(403, "DENIED");
  (await place.send("DELETE", `/v2/team/x/blobs/${EMPTY}`, as("bob"))).is(403, "DENIED");
  assert.deepEqual((await place.send("GET", "/v2/_catalog", as("bob"))).json.repositories, ["public/x", "team/x"]);
  (await place.send("DELETE", `/v2/private/blobs/${EMPTY}`, as("ann"))).is(202);
});

Deno.test("no mount from where the user may not read", async () => {
  const rules = JSON.stringify({
    rules: [{ repository: "mine/*", allow: ["pull", "push"], members: ["bob"] }, {
      repository: "*",
      allow: ["pull", "push"],
      members: ["ann"],
    }],
  });
  const users = parseHtpasswd(LINES, "users");
  const acl = parseAcl(rules, "acl");
  const passwords = new PasswordChecker(() => users, Date.now);
  const closed = createAuthority({ passwords, tokens: undefined, acl: () => acl, externalUrl: undefined, tls: false });
  await using place = await Place.open({ server: { guard: closed } });
  (await place.send("POST", `/v2/secret/blobs/uploads/?digest=${EMPTY}`, as("ann"))).is(201);
  for (const query of [`mount=${EMPTY}&from=secret`, `mount=${EMPTY}`]) {
    (await place.send("POST", `/v2/mine/x/blobs/uploads/?${query}`, as("bob"))).is(202);
    (await place.send("POST", `/v2/copy/blobs/uploads/?${query}`, as("ann"))).is(201);
  }
});

Deno.test("tokens: by the challenge's scope, no more than the user may, and only what was asked for", async () => {
  await using place = await Place.open({ server: { guard: guard({ tokens: true, rules: true }) } });
  const refused = (await place.send("POST", "/v2/team/x/blobs/uploads/")).is(401);
  assert.equal(
    refused.header("www-authenticate"),
    `Bearer realm="http://${place.host}/token",service="ferry",scope="repository:team/x:pull,push"`,
  );
  (await place.send("GET", "/token", as("ann", "wrong"))).is(401, "UNAUTHORIZED");
  const push = await token(place, "repository:team/x:pull,push", as("ann"));
  (await place.send("POST", `/v2/team/x/blobs/uploads/?digest=${EMPTY}`, push)).is(201);
  (await place.send("DELETE", `/v2/team/x/blobs/${EMPTY}`, push)).is(401);
  (await place.send("POST", "/v2/other/blobs/uploads/", push)).is(401);
  const bob = await token(place, "repository:team/x:pull,push,delete", as("bob"));
  (await place.send("HEAD", `/v2/team/x/blobs/${EMPTY}`, bob)).is(200);
  (await place.send("POST", "/v2/team/x/blobs/uploads/", bob)).is(401);
  const anybody = await token(place, "repository:public/x:pull repository:team/x:pull");
  (await place.send("GET", "/v2/", anybody)).is(200);
  (await place.send("HEAD", `/v2/team/x/blobs/${EMPTY}`, anybody)).is(401);
  (await place.send("GET", "/v2/public/x/tags/list", anybody)).is(404);
  const text = push.headers.authorization;
  for (const changed of [text.replace("Bearer ", "Bearer a"), `${text}a`, "Bearer ", "Bearer a.b", `${text}.x`]) {
    (await place.send("GET", "/v2/", { headers: { authorization: changed } })).is(401);
  }
});

Deno.test("a token ends", () => {
  let now = 0;
  const tokens = new Tokens(() => now);
  const text = tokens.issue({ user: "ann", access: { a: ["pull"] } });
  assert.deepEqual(tokens.read(text), { user: "ann", access: { a: ["pull"] } });
  assert.equal(new Tokens(() => now).read(text), undefined);
  now = 300_000;
  assert.equal(tokens.read(text), undefined);
});

Deno.test("files that are not valid say where", () => {
  const invalid = (work: () => unknown, message: RegExp) => assert.throws(work, { code: "CONFIG_INVALID", message });
  invalid(() => parseHtpasswd("ann:plain", "users"), /Line 1 of "users"/);
  invalid(() => parseHtpasswd("# users\n\nann:$apr1$x$y", "users"), /Line 3/);
  invalid(() => parseAcl("{", "acl"), /not JSON/);
  invalid(() => parseAcl('{"rules":[{"repository":"a","alow":[]}]}', "acl"), /rules\[0\] has the unknown key "alow"/);
  invalid(() => parseAcl('{"rules":[{"repository":"a","allow":["write"]}]}', "acl"), /"write"/);
  invalid(() => parseAcl('{"rules":{}}', "acl"), /rules is not a list/);
});

Deno.test("patterns of repositories", () => {
  const allows = (repository: string, name: string) =>
    parseAcl(JSON.stringify({ rules: [{ repository, allow: ["pull"], anonymous: true }] }), "acl").allows(
      "",
      name,
      "pull",
    );
  for (
    const [pattern, yes, no] of [
      ["a/b", ["a/b"], ["a/bc", "a", "xa/b"]],
      ["a/*", ["a/b", "a/b/c", "a/"], ["a", "b/a/c"]],
      ["*/x", ["a/x", "a/b/x"], ["x", "a/xy"]],
      ["a/*/c*d", ["a/b/cd", "a/b/b/cxd"], ["a/cd", "a/b/c"]],
      ["*", ["a", "a/b"], []],
      ["ab*ba", ["abba", "abxba"], ["aba"]],
    ] as const
  ) {
    for (const name of yes) assert(allows(pattern, name), `${pattern} ${name}`);
    for (const name of no) assert(!allows(pattern, name), `${pattern} ${name}`);
  }
});

Deno.test("a changed file is read again, a broken one is not taken", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "1");
    const warnings: string[] = [];
    const file = await WatchedFile.open(
      path,
      (text) => JSON.parse(text) as number,
      (message) => warnings.push(message),
    );
    assert.equal(file.get(), 1);
    await Deno.writeTextFile(path, "22");
    while (file.get() === 1) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(file.get(), 22);
    await Deno.writeTextFile(path, "broken");
    while (warnings.length === 0) {
      assert.equal(file.get(), 22);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("requests of a client are limited, not those of another", () => {
  const limiter = new RateLimiter(2);
  for (let count = 0; count < 4; count++) assert.equal(limiter.refusal("a", 0), undefined);
  const refusal = limiter.refusal("a", 0);
  assert.deepEqual([refusal?.status, refusal?.headers["retry-after"]], [429, "1"]);
  assert.equal(limiter.refusal("b", 0), undefined);
  assert.equal(limiter.refusal("a", 500), undefined);
  assert.equal(limiter.refusal("a", 500)?.status, 429);
});

Deno.test("too many requests are told when to come again", async () => {
  await using place = await Place.open({ server: { limiter: new RateLimiter(0.5) } });
  (await place.send("GET", "/v2/")).is(200);
  const refused = (await place.send("GET", "/v2/")).is(429, "TOOMANYREQUESTS");
  assert(Number(refused.header("retry-after")) >= 1);
});

Deno.test({
  name: "TLS",
  ignore: !canMakeCertificates(),
  fn: async () => {
    const { ca, server } = await makeCertificates();
    await using place = await Place.open({ server: { tls: server } });
    using client = Deno.createHttpClient({ caCerts: [ca] });
    const answer = await fetch(`https://${place.host}/v2/`, { client });
    assert.deepEqual([answer.status, await answer.text()], [200, "{}"]);
    const bytes = bytesOf("x".repeat(100_000));
    const put = await fetch(`https://${place.host}/v2/a/blobs/uploads/?digest=${EMPTY}`, {
      client,
      method: "POST",
      body: bytes,
    });
    assert.equal(put.status, 400);
    await put.body?.cancel();
  },
});

const EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
