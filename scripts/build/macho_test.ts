import assert from "node:assert/strict";
import { withoutProgram } from "./macho.ts";

const HEADER = 32;
const COMMANDS = 1024;
const TEXT_BYTES = 2048;
const SYMBOL_BYTES = 64;
const STRINGS = new TextEncoder().encode("\0_main\0_other\0");

interface Shape {
  readonly cpu: number;
  /** Bytes of a segment with a program, before the last segment. */
  readonly segment?: number;
  /** Bytes behind the strings. */
  readonly tail?: Uint8Array;
}

/** A small Mach-O file: header, two or three segments, symbols, function starts. */
function machO({ cpu, segment = 0, tail = new Uint8Array(0) }: Shape): Uint8Array {
  const last = TEXT_BYTES + segment;
  const size = last + SYMBOL_BYTES + STRINGS.length + tail.length;
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  let at = HEADER;
  let count = 0;
  const command = (type: number, bytes: number, fields: Readonly<Record<number, number | bigint | string>>) => {
    view.setUint32(at, type, true);
    view.setUint32(at + 4, bytes, true);
    for (const [offset, value] of Object.entries(fields)) {
      const place = at + Number(offset);
      if (typeof value === "string") file.set(new TextEncoder().encode(value), place);
      else if (typeof value === "bigint") view.setBigUint64(place, value, true);
      else view.setUint32(place, value, true);
    }
    at += bytes;
    count++;
  };
  const place = (address: number, from: number, bytes: number) => ({
    24: BigInt(address),
    32: BigInt(bytes),
    40: BigInt(from),
    48: BigInt(bytes),
  });
  command(0x19, 72, { 8: "__TEXT", ...place(0x10000, 0, TEXT_BYTES) });
  if (segment > 0) command(0x19, 152, { 8: "__SUI", ...place(0x20000, TEXT_BYTES, segment) });
  command(0x19, 72, { 8: "__LINKEDIT", ...place(0x20000 + segment, last, size - last) });
  command(0x02, 24, { 8: last, 12: 4, 16: last + SYMBOL_BYTES, 20: STRINGS.length + tail.length });
  command(0x26, 16, { 8: last, 12: 8 });
  command(0x1b, 24, { 8: "an id that stays" });
  [0xfeedfacf, cpu, 0, 2, count, at - HEADER].forEach((value, index) => view.setUint32(index * 4, value, true));
  file.fill(0x74, COMMANDS, TEXT_BYTES);
  file.fill(0x70, TEXT_BYTES, last);
  file.fill(0x73, last, last + SYMBOL_BYTES);
  file.set(STRINGS, last + SYMBOL_BYTES);
  file.set(tail, size - tail.length);
  return file;
}

Deno.test("a program in a segment of its own is taken out, and all that came after it moves back", () => {
  const cpu = 0x0100000c;
  assert.deepEqual(withoutProgram(machO({ cpu, segment: 4096 })), machO({ cpu }));
});

Deno.test("a program behind the strings is cut off", () => {
  const cpu = 0x01000007;
  const tail = new TextEncoder().encode("<~sui-data~>and then a program");
  assert.deepEqual(withoutProgram(machO({ cpu, tail })), machO({ cpu }));
});

Deno.test("files without a program, and other files, are refused", () => {
  assert.throws(() => withoutProgram(machO({ cpu: 0x0100000c })), /no segment __SUI/);
  assert.throws(() => withoutProgram(machO({ cpu: 0x01000007 })), /no program/);
  assert.throws(() => withoutProgram(new Uint8Array(100)), /no 64-bit Mach-O file/);
});
