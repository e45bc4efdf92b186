/** What completion asks others for: registries, repositories, tags, platforms, layouts; in time, and without a word. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../cli/harness.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { status } from "../support/faults.ts";
import { completed, Place } from "./place.ts";

const TAGS = ["amd", "latest", "sbom", "v1"];
const POSIX = Deno.build.os !== "windows";

Deno.test("registries, repositories and tags of a registry that is configured", async () => {
  await using place = await Place.open();
  const { host } = place;
  assert.deepEqual(await place.complete(["tag", "ls", ""]), {
    values: [`${host}/`, "ocidir://"],
    descriptions: ["", ""],
    directive: 6,
  });
  assert.deepEqual((await place.complete(["tag", "ls", host.slice(0, 4)])).values, [`${host}/`]);
  assert.deepEqual((await place.complete(["registry", "login", ""])).values, [host]);

  const repositories = [`${host}/org/app`, `${host}/org/apple`];
  assert.deepEqual(await place.complete(["tag", "ls", `${host}/`]), {
    values: repositories,
    descriptions: ["", ""],
    directive: 4,
  });
  assert.deepEqual((await place.complete(["image", "digest", `${host}/org/a`])).values, repositories);
  assert.equal((await place.complete(["image", "digest", `${host}/org/a`])).directive, 6, "a tag may follow");
  assert.deepEqual((await place.complete(["image", "digest", `${host}/org/app`])).values, [
    `${host}/org/apple`,
    `${host}/org/app:`,
  ]);
  const tagged = (name: string) => TAGS.map((tag) => `${host}/org/${name}:${tag}`);
  assert.deepEqual((await place.complete(["image", "digest", `${host}/org/apple`])).values, tagged("apple"));
  assert.deepEqual(await place.complete(["image", "copy", "x", `${host}/org/app:`]), {
    values: tagged("app"),
    descriptions: ["", "", "", ""],
    directive: 4,
  });
  assert.deepEqual((await place.complete(["image", "copy", `--referrers-src=${host}/org/apple`])).values, [
    `${host}/org/apple`,
  ]);
  assert.deepEqual((await place.complete(["tag", "ls", `${host}/org/app`, "--last", "l"])).values, ["latest"]);
  assert.deepEqual((await place.complete(["tag", "ls", `${host}/org/app:`])).values, [], "wants no tag");
  assert.deepEqual((await place.complete(["image", "digest", `${host}/org/app@sha256:`])).values, []);
  assert.deepEqual((await place.complete(["image", "digest", `${host}/org/none:`])).values, []);
});

Deno.test("a registry that the command line alone knows", async () => {
  await using place = await Place.open();
  await place.configure({});
  const flag = ["--host", `reg=${place.host},tls=disabled`];
  assert.deepEqual((await place.complete([...flag, "tag", "ls", place.host.slice(0, 3)])).values, [`${place.host}/`]);
  assert.equal((await place.complete([...flag, "tag", "ls", `${place.host}/`])).values.length, 2);
  assert.deepEqual((await place.complete(["tag", "ls", `${place.host}/`])).values, [], "not known, not asked");
});

Deno.test("a registry that does not list its repositories: tags of what is typed in full", async () => {
  await using registry = new FakeRegistry({ faults: [{ path: /_catalog/, action: status(401), times: 99 }] });
  const { host } = registry;
  await using place = await Place.open();
  await place.configure({ hosts: { [host]: { tls: "disabled" } } });
  registry.repository("org/app").tags.set("v7", "sha256:" + "0".repeat(64));
  assert.deepEqual((await place.complete(["image", "digest", `${host}/org/app`])).values, [`${host}/org/app:v7`]);
  assert.deepEqual((await place.complete(["image", "digest", `${host}/org/`])).values, []);
});

Deno.test("platforms that the image has", async () => {
  await using place = await Place.open();
  const image = `${place.host}/org/app:v1`;
  assert.deepEqual((await place.complete(["image", "digest", image, "--platform", ""])).values, [
    "local",
    "linux/amd64",
    "linux/arm64",
  ]);
  assert.deepEqual((await place.complete(["image", "copy", image, "-p", "linux/arm64,"])).values, [
    "linux/arm64,linux/amd64",
  ]);
  const single = `ocidir://${place.dir}/images/app:amd`;
  assert.deepEqual((await place.complete(["image", "digest", single, "--platform="])).values, ["local", "linux/amd64"]);
  const none = await place.complete(["image", "digest", `${place.host}/org/none`, "-p", "linux/s"]);
  assert.deepEqual(none.values, ["linux/s390x"], "common ones where there is no image");
});

Deno.test("layouts, folders on the way to them, and their tags", async () => {
  await using place = await Place.open();
  const at = (rest: string) => `ocidir://${place.dir}/${rest}`;
  const layouts = async (rest: string, verb = "digest") => (await place.complete(["image", verb, at(rest)]));
  assert.deepEqual(await layouts("im"), { values: [at("images/")], descriptions: [""], directive: 6 });
  assert.deepEqual((await layouts("images/")).values, [at("images/app"), at("images/empty folder/")]);
  assert.deepEqual((await layouts("images/a")).values, [at("images/app")]);
  assert.deepEqual((await layouts("images/app")).values, TAGS.map((tag) => at(`images/app:${tag}`)));
  assert.deepEqual((await layouts("images/app:v")).values, [at("images/app:v1")]);
  assert.equal((await layouts("images/app:v")).directive, 4);
  assert.deepEqual((await layouts("images/app/")).values, []);
  assert.deepEqual((await layouts("nowhere/")).values, []);
  assert.deepEqual((await place.complete(["tag", "ls", at("images/app")])).values, [at("images/app")]);
  await Deno.mkdir(join(place.dir, "images", "apple"));
  assert.deepEqual((await layouts("images/app")).values, [at("images/apple/"), at("images/app:")]);
});

Deno.test("registries with a login come after those that are configured; a login is used", async () => {
  await using place = await Place.open({ user: { username: "ann", password: "secret", by: "token" } });
  const auth = btoa("ann:secret");
  const docker = {
    auths: { "https://index.docker.io/v1/": {}, [place.host]: { auth } },
    credHelpers: { "ghcr.io": "x" },
  };
  await Deno.writeTextFile(join(place.dir, "docker.json"), JSON.stringify(docker));
  const env = { REGISTRY_AUTH_FILE: join(place.dir, "docker.json") };
  const all = await place.complete(["registry", "login", ""], env);
  assert.deepEqual(all.values, [place.host, "docker.io", "ghcr.io"]);
  const app = `${place.host}/org/app:`;
  assert.deepEqual((await place.complete(["image", "digest", app], env)).values, TAGS.map((tag) => app + tag));
  assert.deepEqual((await place.complete(["image", "digest", app])).values, [], "without the login");
});

Deno.test("a configuration that is broken, and words that are no references, offer less and say nothing", async () => {
  await using place = await Place.open();
  await Deno.writeTextFile(join(place.dir, "config.json"), "{broken");
  assert.deepEqual((await place.complete(["tag", "ls", ""])).values, ["ocidir://"]);
  assert.deepEqual((await place.complete(["tag", "ls", `${place.host}/`])).values, []);
  assert.deepEqual((await place.complete(["--host", "nonsense", "tag", "ls", "o"])).values, ["ocidir://"]);
  for (const word of ["docker://x/", "A/B:", "/:", ":", "ocidir://:", "ocidir://\u0000/", "[::1]/", "x@"]) {
    assert.deepEqual((await place.complete(["image", "digest", word])).values, [], word);
  }
});

/** A registry that gives each path the next of its answers, and then never answers again. */
function registry(answers: Readonly<Record<string, readonly unknown[]>>): { host: string; stop(): Promise<void> } {
  const left = new Map(Object.entries(answers).map(([path, all]) => [path, [...all]]));
  const stopped = new AbortController();
  const never = new Promise<Response>((resolve) =>
    stopped.signal.addEventListener("abort", () => resolve(new Response(null, { status: 503 })))
  );
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.body?.cancel();
    const next = left.get(new URL(request.url).pathname)?.shift();
    return next === undefined ? await never : Response.json(next);
  });
  return {
    host: `127.0.0.1:${server.addr.port}`,
    stop: async () => {
      stopped.abort();
      await server.shutdown();
    },
  };
}

Deno.test("when time is up, what is known by then is offered", async () => {
  const tags = Array.from({ length: 500 }, (_, at) => `v${at}`).sort();
  const { host, stop } = registry({ "/v2/": [{}], "/v2/slow/tags/list": [{ tags }] });
  try {
    const flag = ["--host", `reg=${host},tls=disabled`];
    const cases = [["slow:v1", "4s", `${host}/slow:v1`], ["never:", "200ms", undefined]] as const;
    for (const [typed, FERRY_COMPLETION_TIMEOUT, first] of cases) {
      const words = ["__complete", ...flag, "image", "digest", `${host}/${typed}`];
      const result = completed(await run(words, { env: { FERRY_COMPLETION_TIMEOUT } }));
      assert.equal(result.values[0], first);
      assert.equal(result.directive, 4);
    }
  } finally {
    await stop();
  }
});

Deno.test("names that are none are not shown to the terminal", async () => {
  const { host, stop } = registry({
    "/v2/": [{}],
    "/v2/a/tags/list": [{ tags: ["ok", "\u001b]0;owned\u0007", "a b", "x\ny", "sha256-0000.sig", ":9"] }],
    "/v2/_catalog": [{ repositories: ["a", "A", "b\u001b[2J", "c\td"] }],
  });
  try {
    const complete = async (word: string) => {
      const env = { FERRY_COMPLETION_TIMEOUT: "120s" };
      const words = ["__complete", "--host", `reg=${host},tls=disabled`, "image", "digest", word];
      return completed(await run(words, { env })).values;
    };
    assert.deepEqual(await complete(`${host}/a:`), [`${host}/a:ok`], "tags of digests are not offered unasked");
    assert.deepEqual(await complete(`${host}/`), [`${host}/a`]);
    assert.deepEqual(await complete("x\ty"), []);
  } finally {
    await stop();
  }
});

Deno.test({
  name: "a credential helper that waits for a person is stopped",
  ignore: !POSIX,
  fn: async () => {
    await using place = await Place.open({ user: { username: "ann", password: "secret", by: "password" } });
    const bin = join(place.dir, "helpers");
    await Deno.mkdir(bin);
    await Deno.writeTextFile(join(bin, "docker-credential-wait"), `#!/bin/sh\nexec sleep 600\n`, { mode: 0o755 });
    await place.configure({ hosts: { [place.host]: { tls: "disabled", credHelper: "docker-credential-wait" } } });
    const env = { PATH: `${bin}:/bin:/usr/bin`, FERRY_COMPLETION_TIMEOUT: "400ms" };
    assert.deepEqual((await place.complete(["image", "digest", `${place.host}/org/app:`], env)).values, []);
  },
});
