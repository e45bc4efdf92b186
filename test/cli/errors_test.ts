import assert from "node:assert/strict";
import { FerryError, waitText, withHint } from "../../src/errors.ts";
import { withSuggestion } from "../../src/cli/suggest.ts";
import { builtInServices } from "../../src/cli/services.ts";
import type { Context } from "../../src/plugin.ts";
import { Content } from "../support/content.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { hangUp, headers, silence, status } from "../support/faults.ts";
import { addImage, addLayer } from "../support/images.ts";
import { run, type RunOptions } from "./harness.ts";

async function withTags(tags: readonly string[], test: (registry: FakeRegistry) => Promise<void>): Promise<void> {
  await using registry = new FakeRegistry();
  const content = new Content();
  const layer = addLayer(content, 1);
  for (const tag of tags) addImage(content, { tag, layers: [layer] });
  content.copyTo(registry.repository("app"));
  await test(registry);
}

const ferry = (registry: FakeRegistry, args: readonly string[], options: RunOptions = {}) =>
  run(["--host", `reg=${registry.host},tls=disabled`, ...args], options);

Deno.test("a missing tag costs one request more, however many pages of tags there are, and a success none", async () => {
  await withTags(["v1", "v2", "v3"], async (registry) => {
    registry.features = { ...registry.features, pageSize: 1 };
    assert.equal((await ferry(registry, ["image", "digest", `${registry.host}/app:v1`])).code, 0);
    assert.deepEqual(registry.trace, ["HEAD 200"]);
    const { code, stderr } = await ferry(registry, ["image", "digest", `${registry.host}/app:v11`]);
    assert.equal(code, 5);
    assert.match(stderr, /\nhint: did you mean "v1"\?\n$/);
    assert.deepEqual(registry.trace, ["HEAD 200", "HEAD 404", "GET 200"]);
  });
});

Deno.test("a list of tags that fails is asked for once, and changes nothing of the error", async () => {
  for (const action of [status(500), status(429), status(403), hangUp()]) {
    await withTags(["v1"], async (registry) => {
      registry.faults.add({ path: /tags\/list/, times: Infinity, action });
      const { code, stderr } = await ferry(registry, ["image", "digest", `${registry.host}/app:v11`]);
      assert.deepEqual([code, stderr], [5, `error: Manifest "${registry.host}/app:v11" does not exist\n`]);
      // A connection that breaks is opened again below the one request.
      assert.ok(registry.asked("GET", /tags/).length <= 2);
    });
  }
});

Deno.test("hints show no names that are none, and no tags of digests", async () => {
  await withTags(["v1", `sha256-${"0".repeat(64)}`], async (registry) => {
    const { tags } = registry.repository("app");
    tags.set("v2\u001b[31m", tags.get("v1")!);
    const { stderr } = await ferry(registry, ["image", "digest", `${registry.host}/app:something`]);
    assert.match(stderr, /\nhint: the repository has "v1"\n$/);
  });
});

Deno.test("a run that is stopped looks for no hint", async () => {
  await withTags(["v1"], async (registry) => {
    let stop = () => {};
    registry.faults.add({
      path: /manifests/,
      action: (...call) => {
        stop();
        return silence()(...call);
      },
    });
    const { code } = await ferry(registry, ["image", "digest", `${registry.host}/app:v11`], {
      onStart: (send) => stop = () => send("SIGINT"),
    });
    assert.equal(code, 130);
    assert.equal(registry.asked("GET", /tags/).length, 0);
  });
});

Deno.test("raw headers hold no secrets", async () => {
  await withTags(["v1"], async (registry) => {
    const secret = {
      "set-cookie": "session=hush",
      authorization: "Bearer hush",
      location: "/x?sig=hush",
      "x-ok": "shown",
    };
    registry.faults.add({ times: Infinity, action: headers(secret) });
    for (const verb of [["manifest", "get"], ["manifest", "head"], ["tag", "ls"]]) {
      const name = `${registry.host}/app${verb[0] === "tag" ? "" : ":v1"}`;
      for (const format of ["raw-headers", "{{ .RawHeaders }}"]) {
        if (verb[0] === "tag" && format.startsWith("{{")) continue;
        const { code, stdout, stderr } = await ferry(registry, [...verb, name, "--format", format]);
        assert.equal(code, 0, stderr);
        assert.equal(stdout.includes("hush"), false, stdout);
        assert.match(stdout, /X-Ok:\s?\[?shown/);
      }
    }
  });
});

/** A context that knows registries and nothing else. */
function contextWith(hosts: readonly string[]): Context {
  return {
    signal: new AbortController().signal,
    config: () => Promise.resolve({ file: { hosts: Object.fromEntries(hosts.map((name) => [name, {}])) } }),
  } as unknown as Context;
}

Deno.test("a host that was not found may be meant for one that is known", async () => {
  const hint = async (host: string, known: readonly string[]) => {
    const error = new FerryError("DNS", "No address", { target: host, hint: "check the name" });
    const better = await withSuggestion(error, contextWith(known), () => builtInServices().readers());
    return (better as FerryError).hint;
  };
  assert.equal(await hint("ghrc.io", []), 'did you mean the registry "ghcr.io"?');
  assert.equal(
    await hint("registry.exmaple.org", ["registry.example.org"]),
    'did you mean the registry "registry.example.org"?',
  );
  assert.equal(await hint("nothing.like.it.example", ["a.org"]), "check the name");
  const other = new TypeError("no");
  assert.equal(await withSuggestion(other, contextWith([]), () => builtInServices().readers()), other);
});

Deno.test("withHint changes the hint and nothing else", () => {
  const cause = new Error("below");
  const error = new FerryError("TOOMANYREQUESTS", "Slow", {
    detail: "d",
    status: 429,
    retryAfter: 3,
    target: "t",
    cause,
  });
  const changed = withHint(error, "wait");
  assert.deepEqual(
    [changed.code, changed.message, changed.hint, changed.detail, changed.status, changed.retryAfter, changed.target],
    ["TOOMANYREQUESTS", "Slow", "wait", "d", 429, 3, "t"],
  );
  assert.equal(changed.cause, cause);
  assert.equal(changed.stack, error.stack);
});

Deno.test("waitText rounds up to its two largest units", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0s"],
    [0.1, "1s"],
    [59, "59s"],
    [60, "1m"],
    [61, "1m 1s"],
    [599, "9m 59s"],
    [601, "11m"],
    [3540, "59m"],
    [3599, "1h"],
    [3600, "1h"],
    [7500, "2h 5m"],
    [172_800, "2d"],
    [180_000, "2d 2h"],
  ];
  for (const [seconds, text] of cases) assert.equal(waitText(seconds), text);
});
