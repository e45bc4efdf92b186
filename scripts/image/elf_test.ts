import assert from "node:assert/strict";
import { join } from "node:path";
import { needsOf } from "./elf.ts";

/** An ELF file with a loader and libraries; everything is loaded at `address`. */
function elf(loader: string, libraries: readonly string[], address: number): Uint8Array {
  const file = new Uint8Array(4096);
  const view = new DataView(file.buffer);
  const put = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  const words = (at: number, texts: readonly string[]) =>
    texts.map((text) => {
      const from = at;
      file.set(new TextEncoder().encode(text), at);
      at += text.length + 1;
      return from;
    });
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  put(32, 64);
  view.setUint16(54, 56, true);
  view.setUint16(56, 3, true);
  const segment = (index: number, type: number, offset: number, size: number) => {
    const at = 64 + index * 56;
    view.setUint32(at, type, true);
    put(at + 8, offset);
    put(at + 16, address + offset);
    put(at + 32, size);
  };
  segment(0, 1, 0, 4096);
  segment(1, 3, 512, loader.length + 1);
  segment(2, 2, 1024, (libraries.length + 2) * 16);
  words(512, [loader]);
  const names = words(2049, libraries).map((at) => at - 2048);
  [[5, address + 2048], ...names.map((at) => [1, at]), [0, 0]].forEach(([tag = 0, value = 0], index) => {
    put(1024 + index * 16, tag);
    put(1032 + index * 16, value);
  });
  return file;
}

Deno.test("a program's loader and libraries are read out of its headers", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "program");
    await Deno.writeFile(path, elf("/lib/ld.so.1", ["libc.so.6", "libm.so.6"], 0x400000));
    assert.deepEqual(needsOf(path), { loader: "/lib/ld.so.1", libraries: ["libc.so.6", "libm.so.6"] });
    await Deno.writeTextFile(path, "#!/bin/sh\nexit 0\n".padEnd(100));
    assert.throws(() => needsOf(path), /no 64-bit little-endian ELF file/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
