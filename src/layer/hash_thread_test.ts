import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isFerryError } from "../errors.ts";
import { createPieceHasher } from "./hash_thread.ts";

Deno.test("large and small blobs have the same digests, by a thread or without, whatever becomes of the pieces", async () => {
  const piece = new Uint8Array(300_001);
  for (const algorithm of ["sha256", "sha512"]) {
    for (const size of [-1, 1000, 64 << 20]) {
      const hash = createHash(algorithm);
      const hasher = createPieceHasher(algorithm, size);
      for (let round = 0; round < 70; round++) {
        piece.fill(round);
        const part = piece.subarray(round, piece.length - round);
        hash.update(part);
        await hasher.update(part);
        piece.fill(255);
      }
      assert.equal(await hasher.digest(), `${algorithm}:${hash.digest("hex")}`);
      hasher.end();
    }
  }
});

Deno.test("a hasher can be given up in the middle, and refuses what it does not know", async () => {
  const hasher = createPieceHasher("sha256", 64 << 20);
  await hasher.update(new Uint8Array(100));
  hasher.end();
  assert.throws(() => createPieceHasher("md5", 64 << 20), (error) => isFerryError(error, "DIGEST_INVALID"));
});
