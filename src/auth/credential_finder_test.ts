import assert from "node:assert/strict";
import { FerryError } from "../errors.ts";
import type { AuthFile } from "./auth_files.ts";
import type { Credential } from "./credential.ts";
import { authFilesPlace, createCredentialFinder, type HostCredential, hostPlace } from "./credential_finder.ts";
import { parseDockerConfig } from "./docker_config.ts";
import type { HelperCache } from "./helper_cache.ts";

const basic = (username: string): Credential => ({ kind: "basic", username, password: "p" });
const auth = (username: string) => ({ auth: btoa(`${username}:p`) });
const NO_HOST: HostCredential = { user: "", pass: "", token: "", credHelper: "", credHost: "h", credExpire: undefined };

/** Helpers that know servers by name; "!" as a secret is a failure. */
function fakeHelpers(known: Record<string, Record<string, string>>): HelperCache & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    get(helper, server, options = {}) {
      asked.push(
        `${helper} ${server}${options.fresh ? " fresh" : ""}${
          options.expire === undefined ? "" : ` ${options.expire}`
        }`,
      );
      const username = known[helper]?.[server];
      if (known[helper] === undefined || username === "!") {
        return Promise.reject(new FerryError("CREDENTIAL_HELPER_FAILED", `${helper} failed`));
      }
      return Promise.resolve(username === undefined ? undefined : basic(username));
    },
    clear() {},
  };
}

function fromFiles(helpers: HelperCache, ...files: unknown[]) {
  const list: AuthFile[] = files.map((file, i) => ({
    name: `file${i}`,
    config: parseDockerConfig(JSON.stringify(file)),
  }));
  return createCredentialFinder([authFilesPlace(() => Promise.resolve(list), helpers)]);
}

Deno.test("places are asked in order; registry names are put right first", async () => {
  const asked: string[] = [];
  const finder = createCredentialFinder([
    (registry, repository, { fresh }) => {
      asked.push(`1 ${registry} ${repository} ${fresh}`);
      return Promise.resolve(undefined);
    },
    () => Promise.resolve({ credential: basic("two"), from: "second" }),
    () => assert.fail("asked after one was found"),
  ]);
  assert.deepEqual(await finder.find("index.docker.io", "a"), { credential: basic("two"), from: "second" });
  assert.deepEqual(await finder.get("r", "", { fresh: true }), basic("two"));
  assert.deepEqual(asked, ["1 docker.io a false", "1 r  true"]);
});

Deno.test("a failing helper is passed over, and told when nothing else is found", async () => {
  const failing = () => Promise.reject(new FerryError("CREDENTIAL_HELPER_FAILED", "first"));
  const none = () => Promise.resolve(undefined);
  const some = () => Promise.resolve({ credential: basic("b"), from: "x" });
  assert.deepEqual(await createCredentialFinder([failing, some]).get("r", ""), basic("b"));
  await assert.rejects(createCredentialFinder([failing, none]).get("r", ""), {
    code: "CREDENTIAL_HELPER_FAILED",
    message: "first",
  });
  assert.equal(await createCredentialFinder([none]).get("r", ""), undefined);
  await assert.rejects(
    createCredentialFinder([() => Promise.reject(new TypeError("bug")), some]).get("r", ""),
    TypeError,
  );
});

Deno.test("a host's helper comes before its token, the token before user and password", async () => {
  const helpers = fakeHelpers({ one: { h: "helped" }, none: {} });
  const find = async (host: Partial<HostCredential>, options = {}) =>
    await createCredentialFinder([hostPlace(() => "file", () => ({ ...NO_HOST, ...host }), helpers)]).find(
      "r",
      "",
      options,
    );
  const all = { user: "u", pass: "p", token: "t", credHelper: "one" };
  assert.deepEqual(await find(all), { credential: basic("helped"), from: "one" });
  assert.deepEqual(await find({ ...all, credHelper: "none" }), {
    credential: { kind: "identity", token: "t" },
    from: "file",
  });
  assert.deepEqual(await find({ ...all, credHelper: "", token: "" }), { credential: basic("u"), from: "file" });
  assert.deepEqual((await find({ user: "<token>", pass: "x" }))?.credential, { kind: "identity", token: "x" });
  assert.equal(await find({ user: "u" }), undefined);
  assert.equal(await find({ pass: "p" }), undefined);
  await find({ credHelper: "one", credExpire: 5, credHost: "s" }, { fresh: true });
  assert.deepEqual(helpers.asked, ["one h", "none h", "one s fresh 5"]);
});

Deno.test("within a file: path, registry's helper, helper for all, registry", async () => {
  const helpers = fakeHelpers({
    own: { "r.example": "own" },
    all: { "r.example": "all", "https://index.docker.io/v1/": "hub" },
    empty: {},
  });
  const auths = { "r.example": auth("file"), "r.example/team": auth("team") };
  const user = async (file: unknown, repository: string, registry = "r.example") => {
    const credential = await fromFiles(helpers, file).get(registry, repository);
    return credential?.kind === "basic" ? credential.username : undefined;
  };
  assert.equal(await user({ auths, credHelpers: { "r.example": "own" }, credsStore: "all" }, "team/app"), "team");
  assert.equal(await user({ auths, credHelpers: { "r.example": "own" }, credsStore: "all" }, "app"), "own");
  assert.equal(await user({ auths, credHelpers: { "r.example": "empty" }, credsStore: "all" }, "app"), "all");
  assert.equal(await user({ auths, credsStore: "empty" }, "app"), "file");
  assert.equal(await user({ credsStore: "all" }, "library/alpine", "docker.io"), "hub");
});

Deno.test("the helper for all is asked under the name that docker left in the file", async () => {
  const helpers = fakeHelpers({ all: { "https://r.example": "bob" } });
  assert.deepEqual(
    await fromFiles(helpers, { auths: { "https://r.example": {} }, credsStore: "all" }).get("r.example", "a"),
    basic("bob"),
  );
  assert.deepEqual(helpers.asked, ["all https://r.example"]);
});

Deno.test("file by file: the first that has one; failing helpers of a file do not hide the next", async () => {
  const helpers = fakeHelpers({ broken: { r: "!" } });
  const finder = fromFiles(helpers, { credsStore: "broken" }, { auths: { r: auth("second") } }, {
    auths: { r: auth("third") },
  });
  assert.deepEqual(await finder.find("r", ""), { credential: basic("second"), from: "file1" });
  await assert.rejects(fromFiles(helpers, { credsStore: "broken" }).get("r", ""), { code: "CREDENTIAL_HELPER_FAILED" });
  await assert.rejects(fromFiles(helpers, { credHelpers: { r: "missing" } }).get("r", ""), {
    code: "CREDENTIAL_HELPER_FAILED",
  });
  assert.equal(await fromFiles(helpers, { auths: { r: {} } }).get("r", ""), undefined);
});
