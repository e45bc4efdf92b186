import assert from "node:assert/strict";
import { digestOf } from "../../oci/digest.ts";
import { noise } from "../../../test/support/sources.ts";
import { temporaryFolder } from "../../../test/peers/layout_place.ts";
import { createSinkPool, THREAD_BYTES } from "./sink_pool.ts";

/** Writes `bytes` through a sink after `kept` of them; says whether a thread took them: it takes the buffer's memory along. */
async function through(threads: number, algorithm: string, bytes: Uint8Array, kept: number, size = bytes.byteLength) {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/file`;
  await Deno.writeFile(path, bytes.subarray(0, kept));
  using file = await Deno.open(path, { read: true, write: true });
  const sink = await createSinkPool({ threads }).open({ file, path, algorithm, kept, size });
  try {
    const buffer = bytes.slice(kept).buffer;
    const length = buffer.byteLength;
    const given = await sink.write(buffer, length);
    assert.equal(given.byteLength, length);
    const digest = await sink.finish();
    assert.deepEqual(await Deno.readFile(path), bytes);
    return { digest, inThread: buffer.detached };
  } finally {
    await sink.release();
    await sink.release();
  }
}

for (const algorithm of ["sha256", "sha512"]) {
  Deno.test(`a thread and this one say the same, ${algorithm}`, async () => {
    const bytes = noise(1, THREAD_BYTES + 5);
    const digest = digestOf(bytes, algorithm);
    assert.deepEqual(await through(1, algorithm, bytes, 0), { digest, inThread: true });
    assert.deepEqual(await through(1, algorithm, bytes, 3_000_001), { digest, inThread: true });
    assert.deepEqual(await through(0, algorithm, bytes, 3_000_001), { digest, inThread: false });
  });
}

Deno.test("small blobs take no thread", async () => {
  const bytes = noise(2, 1000);
  assert.deepEqual(await through(2, "sha256", bytes, 10), { digest: digestOf(bytes), inThread: false });
});

Deno.test("where a thread cannot be had, this one does the work", async () => {
  const original = globalThis.Worker;
  const bytes = noise(3, 2000);
  const broken = [
    class {
      constructor() {
        throw new Error("no threads here");
      }
    },
    class {
      onerror?: (event: { readonly message: string; preventDefault(): void }) => void;
      constructor() {
        queueMicrotask(() => this.onerror?.({ message: "broken", preventDefault: () => {} }));
      }
      postMessage(): void {}
      terminate(): void {}
    },
  ];
  for (const value of broken) {
    Object.defineProperty(globalThis, "Worker", { value, configurable: true, writable: true });
    try {
      assert.deepEqual(await through(1, "sha256", bytes, 0, THREAD_BYTES), {
        digest: digestOf(bytes),
        inThread: false,
      });
    } finally {
      Object.defineProperty(globalThis, "Worker", { value: original, configurable: true, writable: true });
    }
  }
});

Deno.test("a file that cannot be written fails the write, in a thread too", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/file`;
  await Deno.writeTextFile(path, "");
  for (const threads of [0, 1]) {
    using file = await Deno.open(path, { read: true, write: true });
    const sink = await createSinkPool({ threads }).open({
      file,
      path,
      algorithm: "sha256",
      kept: 0,
      size: THREAD_BYTES,
    });
    await sink.write(new ArrayBuffer(10), 10);
    // More than the buffer has: no file is to blame, but it must not go unseen.
    await assert.rejects((async () => await sink.write(new ArrayBuffer(10), 20))());
    await sink.release();
  }
});
