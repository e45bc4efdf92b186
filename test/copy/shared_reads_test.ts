/** Copies of one image to several targets that read the source once. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { branches } from "../../src/copy/branches.ts";
import { copyImage, CopyRun, SharedReads } from "../../src/copy/mod.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { FakeClock, layoutReference, makeClient, registryReference } from "../support/client.ts";
import { checkLayout, Content } from "../support/content.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { hangUp } from "../support/faults.ts";
import { addMulti } from "../support/sample.ts";
import { noise } from "../support/sources.ts";

function multi(): Content {
  const content = new Content();
  addMulti(content, "multi");
  return content;
}

Deno.test("two registries and a layout get an image with one read of each blob", async () => {
  const [source, one, two] = [new FakeRegistry(), new FakeRegistry(), new FakeRegistry()];
  const dir = await Deno.makeTempDir({ prefix: "ferry-shared-" });
  const client = makeClient();
  try {
    multi().copyTo(source.repository("from"));
    const run = new CopyRun();
    const from = registryReference(source.host, "from", "multi");
    const targets = [
      { target: registryReference(one.host, "to", "multi"), targetTransport: client.transport },
      { target: registryReference(two.host, "to", "multi"), targetTransport: client.transport },
      { target: layoutReference(`${dir}/to`, "multi"), targetTransport: createLayoutTransport() },
    ];
    // One of them has a blob already: it takes no part in reading it.
    const [digest, bytes] = [...multi().blobs][2]!;
    two.repository("to").addBlob(bytes);
    const readers = SharedReads.among(targets.length);
    const results = await Promise.all(
      targets.map((target, at) =>
        copyImage({ source: from, sourceTransport: client.transport, run, reads: readers[at], ...target })
      ),
    );
    equal(source.asked("GET", /blobs/).length, multi().blobs.size);
    equal(source.asked("GET", /manifests/).length, multi().manifests.size);
    for (const registry of [one, two]) {
      equal(registry.repository("to").tags.get("multi"), source.repository("from").tags.get("multi"));
      deepEqual([...registry.repository("to").blobs.keys()].sort(), [...multi().blobs.keys()].sort());
    }
    equal((await checkLayout(`${dir}/to`)).tags.get("multi"), source.repository("from").tags.get("multi"));
    equal(results[0]!.blobs.sent, multi().blobs.size);
    equal(two.repository("to").blobs.has(digest), true);
  } finally {
    await client[Symbol.asyncDispose]();
    for (const registry of [source, one, two]) await registry.close();
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a target that fails holds up no other", async () => {
  const [source, one, two] = [new FakeRegistry(), new FakeRegistry(), new FakeRegistry()];
  const client = makeClient({ clock: new FakeClock() });
  try {
    multi().copyTo(source.repository("from"));
    one.faults.add({ method: "PUT", times: Infinity, action: hangUp() });
    const readers = SharedReads.among(2);
    const copies = [one, two].map((registry, at) =>
      copyImage({
        source: registryReference(source.host, "from", "multi"),
        target: registryReference(registry.host, "to", "multi"),
        sourceTransport: client.transport,
        targetTransport: client.transport,
        reads: readers[at],
      })
    );
    await rejects(copies[0]!);
    equal((await copies[1]!).blobs.sent, multi().blobs.size);
    equal(two.repository("to").tags.size, 1);
  } finally {
    await client[Symbol.asyncDispose]();
    for (const registry of [source, one, two]) await registry.close();
  }
});

Deno.test("branches of a stream have all of its bytes, at the pace of the slowest, and one that ends holds up none", async () => {
  const bytes = noise(3, 300_000);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < bytes.byteLength; at += 7000) pieces.push(bytes.slice(at, at + 7000));
  let read = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const piece = pieces[read++];
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  }, { highWaterMark: 0 });
  const [whole, byob, cut] = branches(body, 3);
  const first = cut!.getReader();
  await Promise.all([first.read(), whole!.getReader().read().then(() => {}), peek(byob!)]);
  equal(read, 1);
  await first.cancel();
  async function peek(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    const reader = stream.getReader({ mode: "byob" });
    const { value } = await reader.read(new Uint8Array(7000));
    deepEqual(value, bytes.slice(0, 7000));
    reader.releaseLock();
  }
});

Deno.test("an error of the source comes out of every branch", async () => {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.error(new Error("the line is cut")),
  }, { highWaterMark: 0 });
  for (const branch of branches(body, 2).map((stream) => new Response(stream).arrayBuffer())) {
    await rejects(branch, /the line is cut/);
  }
});

Deno.test("branches read to the end by both kinds of readers", async () => {
  const bytes = noise(5, 100_000);
  const [one, two] = branches(new Blob([bytes]).stream(), 2);
  const byob = async () => {
    const reader = two!.getReader({ mode: "byob" });
    const read: number[] = [];
    for (let view = new Uint8Array(999);;) {
      const { done, value } = await reader.read(view);
      if (done) return new Uint8Array(read);
      for (const byte of value) read.push(byte);
      view = new Uint8Array(value.buffer);
    }
  };
  const [a, b] = await Promise.all([new Response(one!).bytes(), byob()]);
  deepEqual(a, bytes);
  deepEqual(b, bytes);
});
