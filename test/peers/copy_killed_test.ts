import assert from "node:assert/strict";
import { layoutReference, registryReference } from "../support/client.ts";
import { checkLayout, Content } from "../support/content.ts";
import { spawnCopy } from "../support/copy_process.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { type FaultAction, Gate } from "../support/faults.ts";
import { addImage, addLayer } from "../support/images.ts";

const KIB = 1024;
const BLOBS = /\/blobs\/sha256/;

/** An image of six layers, 200 KiB to 1.2 MiB. */
function sixLayers(): Content {
  const content = new Content();
  const layers = [1, 2, 3, 4, 5, 6].map((seed) => addLayer(content, seed, seed * 200 * KIB));
  addImage(content, { tag: "v1", layers });
  return content;
}

/** Sends half of a body, then nothing more, and tells the gate. */
function halfThenNothing(gate: Gate): FaultAction {
  return async (_request, proceed) => {
    const right = await proceed();
    if (!(right.body instanceof Uint8Array)) return right;
    gate.arrive();
    const half = right.body.subarray(0, right.body.byteLength >> 1);
    return { ...right, body: half, contentLength: right.body.byteLength, end: "stall" };
  };
}

Deno.test("a copy to a layout that is killed goes on: whole blobs are not read again, half ones where they stopped", async () => {
  const dir = await Deno.makeTempDir({ prefix: "ferry-killed-" });
  const gate = new Gate();
  await using registry = new FakeRegistry();
  try {
    const content = sixLayers();
    content.copyTo(registry.repository("r"));
    const { layers } = content.manifest("v1");
    const held = layers.at(-1)!;
    registry.faults.add({ method: "GET", path: new RegExp(held.digest), action: halfThenNothing(gate) });
    const task = {
      source: registryReference(registry.host, "r", "v1"),
      target: layoutReference(`${dir}/layout`, "v1"),
    };
    const first = spawnCopy(task);
    await gate.wait(1);
    await settled(() => registry.asked("GET", BLOBS).length === layers.length + 1);
    // Let what has been answered reach the disk: whoever is killed earlier has less to keep.
    await settled(async () => (await wholeBlobs(`${dir}/layout`)).size >= layers.length);
    first.kill();
    assert.equal((await first.done).result, undefined);
    const kept = await wholeBlobs(`${dir}/layout`);
    registry.requests.length = 0;
    const { result, error } = await spawnCopy(task).done;
    assert.equal(result?.descriptor.digest, content.tags.get("v1"), error);
    const read = registry.asked("GET", BLOBS);
    assert.deepEqual(read.map(({ path }) => path.split("/").at(-1)), [held.digest], "only the blob that was missing");
    assert.equal(kept.has(held.digest), false);
    const { blobs, tags } = await checkLayout(`${dir}/layout`);
    assert.equal(tags.get("v1"), content.tags.get("v1"));
    for (const digest of content.blobs.keys()) assert(blobs.has(digest));
  } finally {
    gate.open();
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a copy to a registry that is killed goes on: only what is missing is sent, and no tag was set before", async () => {
  const gate = new Gate();
  await using from = new FakeRegistry();
  await using to = new FakeRegistry({ features: { anonymousMount: false } });
  try {
    const content = sixLayers();
    content.copyTo(from.repository("r"));
    const { layers, config } = content.manifest("v1");
    const held = layers[3]!;
    const others = [config!, ...layers].filter(({ digest }) => digest !== held.digest);
    from.faults.add({ method: "GET", path: new RegExp(held.digest), action: halfThenNothing(gate) });
    const task = {
      source: registryReference(from.host, "r", "v1"),
      target: registryReference(to.host, "t", "v1"),
    };
    const first = spawnCopy(task);
    await gate.wait(1);
    await settled(() => others.every(({ digest }) => to.repository("t").blobs.has(digest)));
    first.kill();
    await first.done;
    assert.equal(to.repository("t").tags.size, 0);
    to.requests.length = 0;
    from.requests.length = 0;
    const { result, error } = await spawnCopy(task).done;
    assert.equal(result?.descriptor.digest, content.tags.get("v1"), error);
    assert.deepEqual([result?.blobs.sent, result?.bytes], [1, held.size]);
    assert.equal(from.asked("GET", BLOBS).length, 1);
    assert.equal(to.repository("t").tags.get("v1"), content.tags.get("v1"));
  } finally {
    gate.open();
  }
});

Deno.test("two processes that copy into one layout at once both arrive", async () => {
  const dir = await Deno.makeTempDir({ prefix: "ferry-two-" });
  await using registry = new FakeRegistry();
  try {
    const repository = registry.repository("r");
    const tags = ["a", "b", "c", "d"];
    const shared = addLayer(repository, 100, 300 * KIB);
    for (const [at, tag] of tags.entries()) addImage(repository, { tag, layers: [shared, addLayer(repository, at)] });
    const copies = tags.map((tag) =>
      spawnCopy({
        source: registryReference(registry.host, "r", tag),
        target: layoutReference(`${dir}/layout`, tag),
      })
    );
    for (const { done } of copies) {
      const { result, error } = await done;
      assert.notEqual(result, undefined, error);
    }
    const layout = await checkLayout(`${dir}/layout`);
    for (const tag of tags) assert.equal(layout.tags.get(tag), repository.tags.get(tag), tag);
    for (const digest of repository.blobs.keys()) assert(layout.blobs.has(digest));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

/** Waits until something holds; a test that waits for ever is ended by its runner's patience, not by luck. */
async function settled(holds: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + 30_000;
  while (!await holds()) {
    assert(Date.now() < until, "it did not come to pass in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Digests whose files are in a layout. */
async function wholeBlobs(path: string): Promise<Set<string>> {
  const found = new Set<string>();
  try {
    for await (const { name } of Deno.readDir(`${path}/blobs/sha256`)) {
      if (/^[0-9a-f]{64}$/.test(name)) found.add(`sha256:${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
