import assert from "node:assert/strict";
import fc from "fast-check";
import type { Credential } from "./credential.ts";
import { helperFor, matchingAuths, parseDockerConfig } from "./docker_config.ts";
import { registryName } from "./registry_name.ts";

const pair = (text: string) => btoa(text);
const basic = (username: string, password: string): Credential => ({ kind: "basic", username, password });

function parse(file: unknown) {
  return parseDockerConfig(JSON.stringify(file));
}

function pick(file: unknown, registry: string, repository = ""): Credential | undefined {
  return matchingAuths(parse(file), registry, repository).find((auth) => auth.credential !== undefined)?.credential;
}

Deno.test("registry names as files write them", () => {
  const cases: Record<string, string> = {
    "https://index.docker.io/v1/": "docker.io",
    "index.docker.io": "docker.io",
    "registry-1.docker.io": "docker.io",
    "docker.io": "docker.io",
    "https://ghcr.io": "ghcr.io",
    "http://localhost:5000/v2/": "localhost:5000",
    "HTTPS://r.example/v1": "r.example",
    "r.example/": "r.example",
    "r.example/team/v2": "r.example/team",
  };
  for (const [text, name] of Object.entries(cases)) assert.equal(registryName(text), name, text);
});

Deno.test("every form of an entry", () => {
  const entry = (value: unknown) => pick({ auths: { "r.example": value } }, "r.example");
  assert.deepEqual(entry({ auth: pair("bob:p:w") }), basic("bob", "p:w"));
  assert.deepEqual(entry({ auth: pair("bob:pw\0\0") }), basic("bob", "pw"));
  assert.deepEqual(entry({ username: "bob", password: "pw" }), basic("bob", "pw"));
  assert.deepEqual(entry({ auth: "", username: "bob", password: "pw" }), basic("bob", "pw"));
  assert.deepEqual(entry({ auth: pair("<token>:t") }), { kind: "identity", token: "t" });
  assert.deepEqual(entry({ auth: pair("u:p"), identitytoken: "t" }), { kind: "identity", token: "t" });
  assert.deepEqual(entry({ registrytoken: "t" }), { kind: "registry", token: "t" });
  for (
    const empty of [
      {},
      { auth: "" },
      { auth: "%%%" },
      { auth: pair("bob") },
      { auth: pair("bob:") },
      { email: "x" },
      7,
      null,
    ]
  ) {
    assert.equal(entry(empty), undefined, JSON.stringify(empty));
  }
});

Deno.test("names of Docker Hub and URLs stand for the registry; Docker Desktop's own session does not", () => {
  const auth = { auth: pair("u:p") };
  for (
    const key of [
      "https://index.docker.io/v1/",
      "index.docker.io",
      "docker.io",
      "registry-1.docker.io",
      "https://docker.io",
    ]
  ) {
    assert.deepEqual(pick({ auths: { [key]: auth } }, "docker.io", "library/alpine"), basic("u", "p"), key);
  }
  for (const key of ["https://index.docker.io/v1/access-token", "https://index.docker.io/v1/refresh-token"]) {
    assert.equal(pick({ auths: { [key]: auth } }, "docker.io"), undefined, key);
  }
  assert.deepEqual(pick({ auths: { "http://r.example:5000/v2/": auth } }, "r.example:5000"), basic("u", "p"));
  assert.deepEqual(pick({ auths: { "https://r.example/some/path": auth } }, "r.example"), basic("u", "p"));
  assert.equal(pick({ auths: { "r.example:5000": auth } }, "r.example"), undefined);
});

Deno.test("the longest path that holds the repository wins, at whole parts only", () => {
  const as = (name: string) => ({ auth: pair(`${name}:p`) });
  const file = {
    auths: {
      "r.example/team": as("team"),
      "r.example": as("all"),
      "r.example/team/app": as("app"),
      "docker.io/library": as("library"),
    },
  };
  const user = (registry: string, repository: string) => {
    const credential = pick(file, registry, repository);
    return credential?.kind === "basic" ? credential.username : undefined;
  };
  assert.equal(user("r.example", "team/app"), "app");
  assert.equal(user("r.example", "team/app/sub"), "app");
  assert.equal(user("r.example", "team/application"), "team");
  assert.equal(user("r.example", "teams/app"), "all");
  assert.equal(user("r.example", ""), "all");
  assert.equal(user("docker.io", "library/alpine"), "library");
  assert.equal(user("docker.io", "org/app"), undefined);
});

Deno.test("two keys of one registry: the plain name before a URL, whatever their order; patterns last", () => {
  const as = (name: string) => ({ auth: pair(`${name}:p`) });
  const entries = Object.entries({
    "https://r.example/v1/": as("url"),
    "r.example": as("plain"),
    "*.example": as("pattern"),
    "https://r.example/old/path": as("path"),
  });
  fc.assert(fc.property(fc.shuffledSubarray(entries, { minLength: 1 }), (some) => {
    const best = ["r.example", "https://r.example/v1/", "https://r.example/old/path", "*.example"].find((key) =>
      some.some(([name]) => name === key)
    );
    assert.equal(matchingAuths(parse({ auths: Object.fromEntries(some) }), "r.example", "a")[0]?.key, best);
  }));
  assert.equal(pick({ auths: { "*.example": as("x") } }, "a.b.example"), undefined);
  assert.equal(pick({ auths: { "r.*": as("x") } }, "rxexample"), undefined);
});

Deno.test("helpers by registry, by its other names, by pattern", () => {
  const config = parse({
    credHelpers: {
      "https://index.docker.io/v1/": "hub",
      "*.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login",
      "gcr.io": "gcloud",
      bad: 1,
    },
    credsStore: "desktop",
  });
  assert.equal(helperFor(config, "docker.io"), "hub");
  assert.equal(helperFor(config, "123.dkr.ecr.eu-west-1.amazonaws.com"), "ecr-login");
  assert.equal(helperFor(config, "gcr.io"), "gcloud");
  assert.equal(helperFor(config, "eu.gcr.io"), undefined);
  assert.equal(helperFor(config, "bad"), undefined);
  assert.equal(config.credsStore, "desktop");
});

Deno.test("what is no such file says so without repeating it", () => {
  for (const text of ['{"auths": {"r": {"auth": "c2VjcmV0"', "[1]", "secret", "null"]) {
    assert.throws(() => parseDockerConfig(text), (error: Error) => {
      assert.ok(error instanceof SyntaxError);
      assert.doesNotMatch(error.message, /secret|c2VjcmV0/);
      return true;
    });
  }
  assert.deepEqual(parseDockerConfig('\uFEFF{"auths":[],"credHelpers":"x","credsStore":1}'), {
    auths: [],
    credHelpers: new Map(),
    credsStore: "",
  });
});

Deno.test("property: any JSON object is read without a failure, and only valid credentials come of it", () => {
  const auths = fc.dictionary(
    fc.string(),
    fc.oneof(
      fc.dictionary(fc.constantFrom("auth", "username", "password", "identitytoken"), fc.jsonValue()),
      fc.jsonValue(),
    ),
  );
  fc.assert(fc.property(fc.record({ auths: fc.oneof(auths, fc.jsonValue()), credHelpers: fc.jsonValue() }), (file) => {
    for (const { registry, credential } of parse(file).auths) {
      assert.notEqual(registry, "");
      if (credential !== undefined) {
        assert.notEqual(credential.kind === "basic" ? credential.password : credential.token, "");
      }
    }
  }));
});
