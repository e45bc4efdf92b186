/**
 * What a Linux program needs to start: its loader and libraries (ELF-64, System V ABI, "Dynamic Section").
 *
 * @module
 */

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1;
const DT_STRTAB = 5;

/** What a program or library asks for. */
export interface Needs {
  /** Path of the loader; a library has none. */
  readonly loader: string | undefined;
  /** Names of libraries. */
  readonly libraries: readonly string[];
}

/** Reads the headers of a file. A static program needs nothing. */
export function needsOf(path: string): Needs {
  using file = Deno.openSync(path);
  const header = new DataView(readAt(file, 0, 64).buffer);
  if (header.getUint32(0) !== 0x7f454c46 || header.getUint8(4) !== 2 || header.getUint8(5) !== 1) {
    throw new Error(`"${path}" is no 64-bit little-endian ELF file`);
  }
  const [start, size, count] = [number(header, 32), header.getUint16(54, true), header.getUint16(56, true)];
  const table = new DataView(readAt(file, start, size * count).buffer);
  const segments = Array.from({ length: count }, (_, index) => ({
    type: table.getUint32(index * size, true),
    offset: number(table, index * size + 8),
    address: number(table, index * size + 16),
    bytes: number(table, index * size + 32),
  }));
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  return {
    loader: interpreter === undefined ? undefined : textAt(file, interpreter.offset, interpreter.bytes),
    libraries: dynamic === undefined ? [] : needed(file, dynamic, segments),
  };
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

function needed(file: Deno.FsFile, dynamic: Segment, segments: readonly Segment[]): string[] {
  const view = new DataView(readAt(file, dynamic.offset, dynamic.bytes).buffer);
  const names: number[] = [];
  let strings = 0;
  for (let at = 0; at + 16 <= dynamic.bytes; at += 16) {
    const [tag, value] = [number(view, at), number(view, at + 8)];
    if (tag === DT_NEEDED) names.push(value);
    else if (tag === DT_STRTAB) strings = value;
  }
  const home = segments.find(({ type, address, bytes }) =>
    type === PT_LOAD && strings >= address && strings < address + bytes
  );
  if (home === undefined) return [];
  return names.map((name) => textAt(file, strings - home.address + home.offset + name, 256));
}

function textAt(file: Deno.FsFile, offset: number, most: number): string {
  const bytes = readAt(file, offset, most);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Up to `size` bytes: fewer at the end of the file. */
function readAt(file: Deno.FsFile, offset: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  file.seekSync(offset, Deno.SeekMode.Start);
  let at = 0;
  while (at < size) {
    const read = file.readSync(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.slice(0, at);
}

function number(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
