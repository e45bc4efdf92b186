import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { FerryError, isFerryError } from "../errors.ts";
import { bytesToText, textToBytes } from "./byte_text.ts";
import { cleanEntryPath, safeEntryPath } from "./entry_path.ts";
import { TAR_TYPE, type TarHeader, tarHeader } from "./tar_header.ts";
import { readTar, type ReadTarOptions } from "./tar_read.ts";
import { TAR_END, tarEntry } from "./tar_write.ts";

async function* pieces(bytes: Uint8Array, step = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  await Promise.resolve();
}

async function archive(...entries: readonly (readonly [TarHeader, Uint8Array?])[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const [header, body] of entries) {
    for await (const piece of tarEntry(header, body)) parts.push(piece);
  }
  return new Uint8Array(Buffer.concat([...parts, TAR_END]));
}

async function list(bytes: Uint8Array, options: ReadTarOptions = {}): Promise<[string, string, string][]> {
  const found: [string, string, string][] = [];
  for await (const { header, body } of readTar(pieces(bytes), options)) {
    const parts: Uint8Array[] = [];
    for await (const piece of body) parts.push(piece.slice());
    found.push([header.name, header.type, Buffer.concat(parts).toString()]);
  }
  return found;
}

const invalid = (error: unknown) => isFerryError(error, "ARCHIVE_INVALID");
const file = (name: string, content: string): [TarHeader, Uint8Array] => [
  tarHeader(name, { size: content.length }),
  Buffer.from(content),
];

Deno.test("entries come in order, and what is not read is skipped", async () => {
  const bytes = await archive(
    file("a", "one"),
    [tarHeader("d/", { type: TAR_TYPE.folder, mode: 0o755 })],
    [tarHeader("d/l", { type: TAR_TYPE.symbolicLink, linkname: "../a" })],
    file("d/b", "x".repeat(2000)),
    file("empty", ""),
  );
  assert.deepEqual(await list(bytes), [["a", "0", "one"], ["d/", "5", ""], ["d/l", "2", ""], [
    "d/b",
    "0",
    "x".repeat(2000),
  ], ["empty", "0", ""]]);
  const names: string[] = [];
  for await (const { header } of readTar(pieces(bytes, 17))) names.push(header.name);
  assert.deepEqual(names, ["a", "d/", "d/l", "d/b", "empty"]);
});

Deno.test("an archive that is cut is refused wherever it is cut", async () => {
  const bytes = await archive(file("first", "x".repeat(600)), file("second".repeat(30), "y"));
  for (let end = 1; end < bytes.length - TAR_END.length; end += 37) {
    await assert.rejects(list(bytes.subarray(0, end), { strictEnd: true }), invalid, `cut at ${end}`);
  }
  const whole = bytes.subarray(0, bytes.length - TAR_END.length);
  assert.equal((await list(whole)).length, 2);
  await assert.rejects(list(whole, { strictEnd: true }), invalid);
});

Deno.test("archives that lie are refused", async () => {
  const bytes = await archive(file("a", "one"));
  const wrongSum = bytes.slice();
  wrongSum[0]! ^= 1;
  await assert.rejects(list(wrongSum), invalid);
  const after = new Uint8Array(Buffer.concat([new Uint8Array(512), bytes]));
  await assert.rejects(list(after), invalid);
  await assert.rejects(list(Buffer.from("<html>".repeat(200))), invalid);
  await assert.rejects(
    archive([tarHeader("a", { size: 4 }), Buffer.from("one")]),
    (error) => isFerryError(error, "SIZE_MISMATCH"),
  );
  const huge = await archive([
    tarHeader("x", { type: TAR_TYPE.file, size: 0, pax: new Map([["k", "v".repeat(100)]]) }),
  ]);
  assert.equal((await list(huge)).length, 1);
});

Deno.test("random damage never does worse than an error of ours", async () => {
  const bytes = await archive(file("first", "x".repeat(600)), file("sécond".repeat(30), "y"), [
    tarHeader("l", { type: TAR_TYPE.symbolicLink, linkname: "t".repeat(200), pax: new Map([["comment", "c"]]) }),
  ]);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), async (at, byte, end) => {
      const damaged = bytes.slice(0, Math.max(end, 600));
      damaged[at % damaged.length] = byte;
      await list(damaged).catch((error) => assert.ok(error instanceof FerryError, error));
    }),
    { numRuns: 400 },
  );
});

Deno.test("names keep their bytes", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(textToBytes(bytesToText(bytes)), bytes)));
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      (text) => assert.equal(bytesToText(new TextEncoder().encode(text)), text),
    ),
  );
});

Deno.test("paths are cleaned, and those that leave are refused for writing", () => {
  assert.equal(cleanEntryPath("./a//b/../c/"), "a/c");
  assert.equal(cleanEntryPath("/../../etc/passwd"), "etc/passwd");
  assert.equal(cleanEntryPath("./"), "");
  assert.equal(safeEntryPath("./a/b/"), "a/b");
  for (const name of ["../x", "/etc/passwd", "a/../../x", "C:\\x", "a\\..\\x", "c:x", "a\0b"]) {
    assert.throws(() => safeEntryPath(name), invalid, name);
  }
});
