/**
 * Takes the program out of a Mach-O file that `deno compile` made, so that what is left is the runtime again. For arm64 the program is
 * a segment of its own before the last one, for x64 it is behind the string table.
 *
 * @module
 */

const CPU_ARM64 = 0x0100000c;
const HEADER = 32;
const SEGMENT = 0x19;
const SYMBOLS = 0x02;

/** Offsets within load commands of what counts from the start of the file and lies in the last segment. */
const OFFSETS: Readonly<Record<number, readonly number[]>> = {
  [SYMBOLS]: [8, 16],
  0x0b: [32, 40, 48, 56, 64, 72],
  0x1d: [8],
  0x26: [8],
  0x29: [8],
  0x2b: [8],
  0x2d: [8],
  0x22: [8, 16, 24, 32, 40],
  0x80000022: [8, 16, 24, 32, 40],
  0x8000001e: [8],
  0x80000034: [8],
};

const PROGRAM_SEGMENT = "__SUI";
const LAST_SEGMENT = "__LINKEDIT";
const PROGRAM_MARK = new TextEncoder().encode("<~sui-data~>");

interface Command {
  readonly type: number;
  readonly size: number;
  readonly at: number;
}

/** The runtime in `file`; its signature is wrong then, and made anew by the next `deno compile`. */
export function withoutProgram(file: Uint8Array): Uint8Array {
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  if (copy.byteLength < HEADER || view.getUint32(0, true) !== 0xfeedfacf) {
    throw new Error("It is no 64-bit Mach-O file");
  }
  const commands = [...commandsOf(view)];
  return view.getUint32(4, true) === CPU_ARM64
    ? withoutSegment(copy, view, commands)
    : withoutTail(copy, view, commands);
}

function* commandsOf(view: DataView): Generator<Command> {
  const count = view.getUint32(16, true);
  for (let at = HEADER, left = count; left > 0; left--) {
    const [type, size] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    yield { type, size, at };
    at += size;
  }
}

function withoutSegment(file: Uint8Array, view: DataView, commands: readonly Command[]): Uint8Array {
  const program = segment(file, commands, PROGRAM_SEGMENT);
  const last = segment(file, commands, LAST_SEGMENT);
  const from = number(view, program.at + 40);
  const size = number(view, program.at + 48);
  put(view, last.at + 24, number(view, last.at + 24) - number(view, program.at + 32));
  put(view, last.at + 40, number(view, last.at + 40) - size);
  for (const { type, at } of commands) {
    for (const field of OFFSETS[type] ?? []) {
      const offset = view.getUint32(at + field, true);
      if (offset >= from + size) view.setUint32(at + field, offset - size, true);
    }
  }
  const end = HEADER + view.getUint32(20, true);
  file.copyWithin(program.at, program.at + program.size, end);
  file.fill(0, end - program.size, end);
  view.setUint32(16, commands.length - 1, true);
  view.setUint32(20, end - HEADER - program.size, true);
  file.copyWithin(from, from + size);
  return file.subarray(0, file.byteLength - size);
}

function withoutTail(file: Uint8Array, view: DataView, commands: readonly Command[]): Uint8Array {
  const symbols = commands.find(({ type }) => type === SYMBOLS);
  if (symbols === undefined) throw new Error("It has no symbols");
  const strings = view.getUint32(symbols.at + 16, true);
  const end = indexOf(file, PROGRAM_MARK, strings);
  if (end < 0) throw new Error("There is no program in it");
  const last = segment(file, commands, LAST_SEGMENT);
  const size = end - number(view, last.at + 40);
  view.setUint32(symbols.at + 20, end - strings, true);
  put(view, last.at + 32, size);
  put(view, last.at + 48, size);
  return file.subarray(0, end);
}

function segment(file: Uint8Array, commands: readonly Command[], name: string): Command {
  const text = new TextDecoder();
  const found = commands.find(({ type, at }) =>
    type === SEGMENT && text.decode(file.subarray(at + 8, at + 24)).replace(/\0.*$/s, "") === name
  );
  if (found === undefined) throw new Error(`It has no segment ${name}`);
  return found;
}

function indexOf(file: Uint8Array, mark: Uint8Array, from: number): number {
  for (let at = file.indexOf(mark[0]!, from); at >= 0; at = file.indexOf(mark[0]!, at + 1)) {
    if (mark.every((byte, index) => file[at + index] === byte)) return at;
  }
  return -1;
}

function number(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function put(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true);
}
