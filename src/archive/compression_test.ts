import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { FerryError, isFerryError } from "../errors.ts";
import { compress, type Compression, decompress, decompressAny, detectCompression } from "./compression.ts";

async function* pieces(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  await Promise.resolve();
}

async function gather(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of source) parts.push(piece.slice());
  return new Uint8Array(Buffer.concat(parts));
}

const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);

Deno.test("what is compressed comes back, in pieces of any size", async () => {
  const content = new Uint8Array(Buffer.concat([randomBytes(700_000), new Uint8Array(900_000), Buffer.from("end")]));
  for (const compression of ["none", "gzip", "zstd"] as const) {
    const packed = await gather(compress(pieces(content, 100_001), compression));
    assert.equal(detectCompression(packed), compression);
    for (const step of [7919, 1 << 20]) {
      assert.deepEqual(await gather(decompress(pieces(packed, step), compression)), content);
    }
    assert.deepEqual(await gather(decompressAny(pieces(packed, 5000))), content);
  }
});

Deno.test("the same content gives the same bytes", async () => {
  const content = randomBytes(50_000);
  for (const compression of ["gzip", "zstd"] as const) {
    assert.deepEqual(
      await gather(compress(pieces(content, 999), compression)),
      await gather(compress(pieces(content, 999), compression)),
    );
  }
});

Deno.test("many members and many frames are one content", async () => {
  const parts = [Buffer.from("hello "), Buffer.from("world"), Buffer.alloc(1_000_000, 97), Buffer.alloc(0)];
  const whole = new Uint8Array(Buffer.concat(parts));
  const members = new Uint8Array(Buffer.concat(parts.map((part) => gzipSync(part))));
  assert.deepEqual(await gather(decompress(pieces(members, 100), "gzip")), whole);
  const frames = parts.flatMap((part) => [skippable, zstdCompressSync(part), skippable]);
  for (const step of [1, 7, 100_000]) {
    const bytes = new Uint8Array(Buffer.concat(frames));
    assert.equal(detectCompression(bytes), "zstd");
    assert.deepEqual(await gather(decompress(pieces(bytes, step), "zstd")), whole);
  }
});

Deno.test("content that is cut or is something else is refused", async () => {
  const content = randomBytes(100_000);
  const packed: readonly (readonly [Compression, Uint8Array])[] = [
    ["gzip", gzipSync(content)],
    ["zstd", zstdCompressSync(content)],
  ];
  for (const [compression, bytes] of packed) {
    for (const bad of [bytes.subarray(0, 50_000), bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 3), content]) {
      await assert.rejects(
        gather(decompress(pieces(bad, 4096), compression)),
        (error) => isFerryError(error, "ARCHIVE_INVALID"),
      );
    }
  }
  for (const name of ["bzip2", "xz"]) {
    const start = name === "xz" ? [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] : [0x42, 0x5a, 0x68, 0x39];
    assert.throws(() => detectCompression(Uint8Array.from(start)), (error) => isFerryError(error, "UNSUPPORTED"));
  }
});

const failure = new FerryError("CONNECTION_LOST", "Connection was lost");

async function* failing(): AsyncGenerator<Uint8Array> {
  yield randomBytes(10);
  await Promise.resolve();
  throw failure;
}

async function* endless(onEnd: () => void): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      yield randomBytes(100_000);
      await Promise.resolve();
    }
  } finally {
    onEnd();
  }
}

Deno.test("a failing source fails the reader with its own error, and a reader that stops tells the source", async () => {
  for (const compression of ["gzip", "zstd"] as const) {
    await assert.rejects(gather(compress(failing(), compression)), (error) => error === failure);
    let ended = false;
    for await (const piece of compress(endless(() => ended = true), compression)) {
      assert.ok(piece.byteLength > 0);
      break;
    }
    assert.ok(ended);
  }
});

Deno.test("bytes of any kind never do worse than an error of ours", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom("gzip", "zstd", ""), async (bytes, magic) => {
      const start = magic === "gzip" ? [0x1f, 0x8b, 8] : magic === "zstd" ? [0x28, 0xb5, 0x2f, 0xfd] : [];
      const input = Uint8Array.from([...start, ...bytes]);
      await gather(decompressAny(pieces(input, 13))).catch((error) => assert.ok(error instanceof FerryError, error));
    }),
    { numRuns: 300 },
  );
});
