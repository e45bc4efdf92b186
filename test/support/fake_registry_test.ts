import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { checkLayout, writeLayout } from "./content.ts";
import { FakeRegistry } from "./fake_registry.ts";
import { cutAfter, flipBit, Gate, hangUp, status } from "./faults.ts";
import { needs, run, runOk } from "./programs.ts";
import { fullSample, plainSample } from "./sample.ts";
import { noise } from "./sources.ts";

Deno.test("uploads in chunks keep their place, and a wrong chunk is refused with the place", async () => {
  await using registry = new FakeRegistry();
  const bytes = noise(1, 1000);
  const start = await fetch(`${registry.origin}/v2/r/blobs/uploads/`, { method: "POST" });
  await start.body?.cancel();
  assert.equal(start.status, 202);
  const location = start.headers.get("location")!;
  const patch = async (from: number, to: number): Promise<Response> => {
    const headers = { "content-range": `${from}-${to - 1}` };
    const response = await fetch(location, { method: "PATCH", headers, body: bytes.subarray(from, to) });
    await response.body?.cancel();
    return response;
  };
  assert.equal((await patch(0, 600)).headers.get("range"), "0-599");
  const wrong = await patch(700, 1000);
  assert.equal(wrong.status, 416);
  assert.equal(wrong.headers.get("range"), "0-599");
  assert.equal((await patch(600, 1000)).status, 202);
  const end = await fetch(`${location}?digest=${digestOf(bytes)}`, { method: "PUT" });
  await end.body?.cancel();
  assert.equal(end.status, 201);
  assert.deepEqual(registry.repository("r").blobs.get(digestOf(bytes)), bytes);
  assert.deepEqual(registry.trace, ["POST 202", "PATCH 202", "PATCH 416", "PATCH 202", "PUT 201"]);
});

Deno.test("tags come in pages with a Link to the next", async () => {
  await using registry = new FakeRegistry({ features: { pageSize: 2 } });
  const repository = registry.repository("r");
  for (const tag of ["c", "a", "b"]) repository.tags.set(tag, "sha256:0");
  const first = await fetch(`${registry.origin}/v2/r/tags/list`);
  assert.deepEqual(await first.json(), { name: "r", tags: ["a", "b"] });
  const next = /<(.+)>; rel="next"/.exec(first.headers.get("link")!)![1]!;
  const second = await fetch(registry.origin + next);
  assert.deepEqual(await second.json(), { name: "r", tags: ["c"] });
  assert.equal(second.headers.get("link"), null);
});

Deno.test("faults strike as often as they say, in order", async () => {
  await using registry = new FakeRegistry();
  const digest = registry.repository("r").addBlob(noise(2, 500));
  const get = async (): Promise<Uint8Array> => {
    const response = await fetch(`${registry.origin}/v2/r/blobs/${digest}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  registry.faults.add(
    { method: "GET", path: /blobs/, times: 1, action: status(503) },
    { method: "GET", path: /blobs/, action: cutAfter(100) },
    { method: "GET", path: /blobs/, action: flipBit() },
    // Twice: fetch itself asks again where a connection in use ends without an answer.
    { method: "GET", path: /blobs/, times: 2, action: hangUp() },
  );
  assert.match(new TextDecoder().decode(await get()), /on purpose/);
  await assert.rejects(get());
  assert.notEqual(digestOf(await get()), digest);
  await assert.rejects(get());
  assert.equal(digestOf(await get()), digest);
  assert.deepEqual(registry.faults.counts, [1, 1, 1, 2]);
});

Deno.test("a gate shows how many requests come at a time", async () => {
  await using registry = new FakeRegistry();
  const gate = new Gate();
  registry.faults.add({ times: Infinity, action: gate.hold() });
  const requests = [1, 2, 3].map(() => fetch(`${registry.origin}/v2/`).then((response) => response.body?.cancel()));
  await gate.wait(3);
  assert.equal(registry.peak, 3);
  gate.open();
  await Promise.all(requests);
});

Deno.test("a layout written by hand passes its own check", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const content = fullSample();
    await writeLayout(content, dir);
    const { blobs, tags } = await checkLayout(dir);
    for (const digest of content.blobs.keys()) assert(blobs.has(digest));
    assert.equal(tags.get("multi"), content.tags.get("multi"));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test({
  ...needs("regctl copies to and from the fake registry", "regctl"),
  fn: async () => {
    await using registry = new FakeRegistry();
    const content = plainSample();
    content.copyTo(registry.repository("a"));
    const dir = await Deno.makeTempDir();
    const env = { REGCTL_CONFIG: `${dir}/config.json` };
    try {
      await runOk("regctl", ["registry", "set", "--tls", "disabled", registry.host], { env });
      const copy = ["image", "copy", "--referrers"];
      await runOk("regctl", [...copy, `${registry.host}/a:nested`, `ocidir://${dir}/l:nested`], { env });
      await runOk("regctl", [...copy, `ocidir://${dir}/l:nested`, `${registry.host}/b:nested`], { env });
      assert.equal(registry.repository("b").tags.get("nested"), content.tags.get("nested"));
      const tags = await runOk("regctl", ["tag", "ls", `${registry.host}/a`], { env });
      assert.deepEqual(tags.trim().split("\n"), [...content.tags.keys()].sort());
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});

Deno.test({
  ...needs("skopeo copies from one fake registry to another", "skopeo"),
  fn: async () => {
    await using from = new FakeRegistry();
    await using to = new FakeRegistry({ features: { monolithicPut: false } });
    const content = plainSample();
    content.copyTo(from.repository("a"));
    const args = ["copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false"];
    const result = await run("skopeo", [...args, `docker://${from.host}/a:multi`, `docker://${to.host}/b:multi`]);
    assert.equal(result.code, 0, result.stderr);
    assert.equal(to.repository("b").tags.get("multi"), content.tags.get("multi"));
  },
});
