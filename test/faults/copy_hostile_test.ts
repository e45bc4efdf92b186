import assert from "node:assert/strict";
import { copyImage, type CopyOptions, type CopyResult, CopyRun } from "../../src/copy/mod.ts";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { rejectsWith } from "../contract/contract.ts";
import { FakeClock, layoutReference, makeClient, registryReference } from "../support/client.ts";
import { Content } from "../support/content.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { answer, changeBody, status } from "../support/faults.ts";
import { add, addImage, addIndex, addLayer } from "../support/images.ts";
import { noise } from "../support/sources.ts";

interface Pair extends AsyncDisposable {
  readonly from: FakeRegistry;
  readonly to: FakeRegistry;
  /** Copies `t` from registry to registry, or to a layout. */
  copy(more?: Partial<CopyOptions>): Promise<CopyResult>;
}

/** Two registries; the first has what the content has. */
function pair(content: Content): Pair {
  const from = new FakeRegistry();
  const to = new FakeRegistry();
  const client = makeClient({ clock: new FakeClock() });
  content.copyTo(from.repository("r"));
  return {
    from,
    to,
    copy: (more = {}) =>
      copyImage({
        source: registryReference(from.host, "r", "t"),
        target: registryReference(to.host, "c", "t"),
        sourceTransport: client.transport,
        targetTransport: client.transport,
        ...more,
      }),
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await from.close();
      await to.close();
    },
  };
}

/** Copies to the registry and to a layout, which must both fail and leave no tag. */
async function refused(content: Content, ...codes: Parameters<typeof rejectsWith>[1][]): Promise<void> {
  await using p = pair(content);
  await rejectsWith(p.copy(), ...codes);
  assert.equal(p.to.repositories.get("c")?.tags.size ?? 0, 0);
  const dir = await Deno.makeTempDir({ prefix: "ferry-hostile-" });
  try {
    const targetTransport = createLayoutTransport();
    await rejectsWith(p.copy({ target: layoutReference(`${dir}/l`, "t"), targetTransport }), ...codes);
    assert.equal(await targetTransport.headManifest(layoutReference(`${dir}/l`, "t")), undefined);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

for (const by of [-1, 1, 1000]) {
  Deno.test(`a layer whose descriptor lies about its size by ${by} is not copied`, async () => {
    const content = new Content();
    const layer = addLayer(content, 1);
    const descriptor = { ...layer.descriptor, size: layer.descriptor.size + by };
    addImage(content, { tag: "t", layers: [{ ...layer, descriptor }] });
    await refused(content, "SIZE_MISMATCH", "DIGEST_MISMATCH");
  });
}

Deno.test("a child whose descriptor lies about its size is not copied", async () => {
  const content = new Content();
  const child = addImage(content, { layers: [addLayer(content, 2)] });
  addIndex(content, { tag: "t", manifests: [{ ...child, size: child.size + 1 }] });
  await refused(content, "SIZE_MISMATCH");
});

Deno.test("an index whose child is missing is not copied", async () => {
  const content = new Content();
  const child = addImage(content, { layers: [addLayer(content, 3)] });
  const other = addImage(content, { layers: [addLayer(content, 4)] });
  addIndex(content, { tag: "t", manifests: [child, other] });
  content.manifests.delete(other.digest);
  await refused(content, "MANIFEST_UNKNOWN");
});

Deno.test("an image whose layer or config is missing is not copied", async () => {
  const content = new Content();
  const layer = addLayer(content, 5);
  addImage(content, { tag: "t", layers: [layer] });
  const config = content.manifest("t").config!;
  const bytes = content.blobs.get(config.digest)!;
  content.blobs.delete(config.digest);
  await refused(content, "BLOB_UNKNOWN");
  content.blobs.set(config.digest, bytes);
  content.blobs.delete(layer.descriptor.digest);
  await refused(content, "BLOB_UNKNOWN");
});

Deno.test("one digest with two sizes in one manifest is not copied", async () => {
  const content = new Content();
  const layer = addLayer(content, 6);
  const liar = { ...layer, descriptor: { ...layer.descriptor, size: 7 } };
  addImage(content, { tag: "t", layers: [layer, liar] });
  await refused(content, "SIZE_MISMATCH", "DIGEST_MISMATCH", "MANIFEST_INVALID");
});

Deno.test("embedded data is taken where it is right, and fetched where it is not", async () => {
  for (const wrong of [false, true]) {
    const content = new Content();
    const bytes = noise(7, 100);
    const data = (wrong ? noise(8, 100) : bytes).toBase64();
    const descriptor: Descriptor = {
      mediaType: "application/octet-stream",
      digest: content.addBlob(bytes),
      size: 100,
      data,
    };
    addImage(content, { tag: "t", layers: [{ descriptor, diffId: digestOf(bytes) }] });
    await using p = pair(content);
    await p.copy();
    assert.deepEqual(p.to.repository("c").blobs.get(descriptor.digest), bytes);
    assert.equal(p.from.asked("GET", new RegExp(descriptor.digest)).length, wrong ? 1 : 0);
  }
});

Deno.test("a target that says it has blobs that it has not gets the blame, and no tag", async () => {
  const content = new Content();
  addImage(content, { tag: "t", layers: [addLayer(content, 9)] });
  await using p = pair(content);
  p.to.repository("c").tags.set("other", digestOf(noise(1, 1)));
  const length = { "content-length": "100" };
  p.to.faults.add({ method: "HEAD", path: /blobs/, times: Infinity, action: answer({ status: 200, headers: length }) });
  try {
    await p.copy();
    assert.equal(p.to.repository("c").blobs.size, 2);
  } catch {
    assert.equal(p.to.repository("c").tags.has("t"), false);
  }
});

Deno.test("a tag that moves while it is copied gives one of both, whole", async () => {
  const content = new Content();
  addImage(content, { tag: "t", layers: [addLayer(content, 10)] });
  const before = content.tags.get("t")!;
  addImage(content, { tag: "t", layers: [addLayer(content, 11)] });
  const after = content.tags.get("t")!;
  await using p = pair(content);
  p.from.repository("r").tags.set("t", before);
  p.from.faults.add({
    path: /manifests\/t$/,
    action: async (_request, proceed) => {
      const right = await proceed();
      p.from.repository("r").tags.set("t", after);
      return right;
    },
  });
  const { descriptor } = await p.copy();
  const stored = p.to.repository("c").tags.get("t");
  assert(stored === before || stored === after);
  assert.equal(descriptor.digest, stored);
});

Deno.test("referrers of a source that fails are an error, not silently none", async () => {
  const content = new Content();
  addImage(content, { tag: "t", layers: [addLayer(content, 12)] });
  await using p = pair(content);
  p.from.faults.add({ path: /referrers/, times: Infinity, action: status(500) });
  p.from.faults.add({ path: /manifests\/sha256-/, times: Infinity, action: status(500) });
  await rejectsWith(p.copy({ referrers: true }), "HTTP_5XX");
});

Deno.test("referrers that are nonsense do not end in a crash", async () => {
  const content = new Content();
  addImage(content, { tag: "t", layers: [addLayer(content, 13)] });
  const bodies = [
    "",
    "[]",
    "null",
    '{"manifests":"x"}',
    '{"manifests":[1]}',
    '{"manifests":[{"digest":"sha256:../x"}]}',
  ];
  for (const body of bodies) {
    await using p = pair(content);
    p.from.faults.add({
      path: /referrers/,
      times: Infinity,
      action: changeBody(() => new TextEncoder().encode(body)),
    });
    await p.copy({ referrers: true }).catch((error) => {
      assert.equal(error.name, "FerryError", `${body}: ${error}`);
      assert.notEqual(error.code, "INTERNAL");
    });
  }
});

Deno.test("an index of a thousand levels is no crash", async () => {
  const content = new Content();
  let child = addImage(content, { layers: [addLayer(content, 14)] });
  for (let level = 0; level < 1000; level++) {
    child = add(content, level === 999 ? "t" : undefined, "sha256", {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [{ mediaType: child.mediaType, digest: child.digest, size: child.size }],
    });
  }
  await using p = pair(content);
  const work = p.copy();
  await work.then(
    ({ descriptor }) => assert.equal(descriptor.digest, child.digest),
    (error) => assert.equal(error.name, "FerryError", String(error)),
  );
});

Deno.test("copies of one run do not wait for each other for ever where a mount is refused and places are few", async () => {
  const content = new Content();
  const small = addLayer(content, 20, 10);
  addImage(content, { tag: "t", layers: [small] });
  await using p = pair(content);
  const client = makeClient({
    clock: new FakeClock(),
    hosts: { [p.from.host]: { reqConcurrent: 2 }, [p.to.host]: { reqConcurrent: 2 } },
  });
  p.to.features = { ...p.to.features, mount: false };
  const big = p.from.repository("r");
  addImage(big, { tag: "big", layers: [small, ...[21, 22, 23, 24, 25].map((seed) => addLayer(big, seed, 50_000))] });
  const run = new CopyRun();
  const transports = { sourceTransport: client.transport, targetTransport: client.transport, run };
  const signal = AbortSignal.timeout(10_000);
  for (const [tag, repository] of [["t", "one"], ["big", "two"]] as const) {
    await p.copy({
      ...transports,
      signal,
      source: registryReference(p.from.host, "r", tag),
      target: registryReference(p.to.host, repository, tag),
    });
  }
  assert.equal(p.to.repository("two").blobs.size, 7);
  await client[Symbol.asyncDispose]();
});
