import assert from "node:assert/strict";
import { isFerryError } from "../errors.ts";
import { ClosedPipe, outputStream, writeBody } from "./streams.ts";

/** Takes at most `most` bytes at a time, and breaks after `end` bytes. */
function writer(most: number, end = Infinity) {
  const taken: number[] = [];
  const take = (bytes: Uint8Array) => {
    if (taken.length >= end) throw new Deno.errors.BrokenPipe("Broken pipe");
    const part = bytes.subarray(0, most);
    taken.push(...part);
    return part.byteLength;
  };
  return {
    taken,
    write: (bytes: Uint8Array) => Promise.resolve().then(() => take(bytes)),
    writeSync: take,
    isTerminal: () => false,
  };
}

Deno.test("an output stream writes all bytes though each write takes only some", async () => {
  const slow = writer(2);
  const output = outputStream(slow);
  await output.write(new Uint8Array([1, 2, 3, 4, 5]));
  output.writeSync(new Uint8Array([6, 7, 8]));
  assert.deepEqual(slow.taken, [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("a reader that went away is a ClosedPipe, other failures are IO", async () => {
  const output = outputStream(writer(1, 2));
  await assert.rejects(output.write(new Uint8Array(5)), ClosedPipe);
  assert.throws(() => output.writeSync(new Uint8Array(1)), ClosedPipe);
  const broken = { ...writer(1), write: () => Promise.reject(new Error("disk")) };
  await assert.rejects(
    outputStream(broken).write(new Uint8Array(1)),
    (error) => isFerryError(error, "IO") && error.message === "Output could not be written: disk",
  );
});

Deno.test("writeBody stops the source when the reader goes away", async () => {
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(3)),
    cancel: () => void (cancelled = true),
  });
  await assert.rejects(writeBody(outputStream(writer(8, 10)), endless), ClosedPipe);
  assert.equal(cancelled, true);
});

Deno.test("writeBody waits for a slow reader before it reads on", async () => {
  let [read, written] = [0, 0];
  let most = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++read > 50) return controller.close();
      most = Math.max(most, read - written);
      controller.enqueue(new Uint8Array(1));
    },
  });
  const slow = {
    ...writer(1),
    write: async (bytes: Uint8Array) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      written++;
      return bytes.byteLength;
    },
  };
  await writeBody(outputStream(slow), source);
  assert.equal(written, 50);
  assert.ok(most <= 3, `${most} pieces were read ahead`);
});
