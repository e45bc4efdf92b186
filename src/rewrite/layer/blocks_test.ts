import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { blocks } from "./blocks.ts";

async function* given(sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const [at, size] of sizes.entries()) yield await Promise.resolve(new Uint8Array(size).fill(at + 1));
}

Deno.test("gathered bytes are the same bytes, in fewer pieces", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.nat(600), fc.nat(300_000)), { maxLength: 20 }), async (sizes) => {
      const before = Buffer.concat(await Array.fromAsync(given(sizes)));
      const pieces = await Array.fromAsync(blocks(given(sizes)));
      assert(before.equals(Buffer.concat(pieces)));
      assert(pieces.length <= sizes.length);
    }),
    { numRuns: 30 },
  );
  const small = await Array.fromAsync(blocks(given(Array(1000).fill(512))));
  assert.equal(small.length, Math.ceil(1000 * 512 / (1 << 17)));
});
