/**
 * Header blocks of tar archives, read: v7, ustar, pax, GNU and star.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { bytesToText } from "./byte_text.ts";
import { BASIC_PAX_KEYS, TAR_FIELD, TAR_FORMAT, type TarField, type TarHeader, type TarTime } from "./tar_header.ts";
import { parseNumber } from "./tar_number.ts";
import { parsePaxTime } from "./tar_pax.ts";

/**
 * The header in a block that is not all zeros.
 *
 * @throws {FerryError} ARCHIVE_INVALID, where its checksum or a number is wrong
 */
export function decodeBlock(block: Uint8Array): TarHeader {
  checkSum(block);
  const magic = latin1(field(block, "magic"));
  const star = magic.startsWith("ustar\0") && latin1(field(block, "starTrailer")) === "tar\0";
  const ustar = magic.startsWith("ustar\0") && !star;
  const gnu = magic === "ustar  \0";
  let prefix = "";
  let formats = 0;
  let atime: TarTime | undefined;
  let ctime: TarTime | undefined;
  if (ustar) {
    prefix = text(block, "prefix");
    formats = isClean(block) ? TAR_FORMAT.ustar | TAR_FORMAT.pax : 0;
  } else if (star) {
    prefix = text(block, "starPrefix");
    atime = time(number(block, "starAtime"));
    ctime = time(number(block, "starCtime"));
  } else if (gnu) {
    formats = TAR_FORMAT.gnu;
    const [read, changed] = [field(block, "gnuAtime"), field(block, "gnuCtime")].map((bytes) =>
      bytes[0] === 0 ? 0 : parseNumber(bytes)
    );
    if (read === undefined || changed === undefined) {
      // Some writers took the place of these times for ustar's prefix.
      formats = 0;
      const text155 = text(block, "prefix");
      // deno-lint-ignore no-control-regex
      if (/^[\x00-\x7f]*$/.test(text155)) prefix = text155;
    } else {
      if (field(block, "gnuAtime")[0] !== 0) atime = time(read);
      if (field(block, "gnuCtime")[0] !== 0) ctime = time(changed);
    }
  }
  const named = ustar || star || gnu;
  const name = text(block, "name");
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    type: latin1(field(block, "type")),
    linkname: text(block, "linkname"),
    size: number(block, "size"),
    mode: number(block, "mode"),
    uid: number(block, "uid"),
    gid: number(block, "gid"),
    uname: named ? text(block, "uname") : "",
    gname: named ? text(block, "gname") : "",
    mtime: time(number(block, "mtime")),
    atime,
    ctime,
    devmajor: named ? number(block, "devmajor") : 0,
    devminor: named ? number(block, "devminor") : 0,
    pax: new Map(),
    formats,
  };
}

/**
 * A header with what its pax records say instead.
 *
 * @throws {FerryError} ARCHIVE_INVALID
 */
export function withPax(header: TarHeader, pax: ReadonlyMap<string, string>): TarHeader {
  const fields: { -readonly [K in keyof TarHeader]?: TarHeader[K] } = { pax };
  for (const [key, value] of pax) {
    if (value === "" || !BASIC_PAX_KEYS.has(key)) continue;
    if (key === "path") fields.name = value;
    else if (key === "linkpath") fields.linkname = value;
    else if (key === "uname") fields.uname = value;
    else if (key === "gname") fields.gname = value;
    else if (key === "uid" || key === "gid" || key === "size") fields[key] = integer(value);
    else if (key === "mtime" || key === "atime" || key === "ctime") fields[key] = parsePaxTime(value);
  }
  return { ...header, ...fields };
}

function field(block: Uint8Array, name: TarField): Uint8Array {
  const [offset, length] = TAR_FIELD[name];
  return block.subarray(offset, offset + length);
}

function text(block: Uint8Array, name: TarField): string {
  const bytes = field(block, name);
  const end = bytes.indexOf(0);
  return bytesToText(end < 0 ? bytes : bytes.subarray(0, end));
}

function number(block: Uint8Array, name: TarField): number {
  const value = parseNumber(field(block, name));
  if (value === undefined) throw invalid(`the ${name} of an entry is not a number`);
  return value;
}

function time(seconds: number): TarTime {
  return { seconds, nanos: 0 };
}

function integer(value: string): number {
  const number = /^[+-]?[0-9]+$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(number)) throw invalid("a pax record is not a number");
  return number;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Checksums were once made of signed bytes. */
function checkSum(block: Uint8Array): void {
  const [offset, length] = TAR_FIELD.checksum;
  const told = parseNumber(block.subarray(offset, offset + length));
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < block.length; at++) {
    const byte = at >= offset && at < offset + length ? 0x20 : block[at]!;
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  if (told !== unsigned && told !== signed) throw invalid("the checksum of an entry is wrong");
}

/** True when ustar itself would write the block so: ASCII only, and a NUL behind each number. */
function isClean(block: Uint8Array): boolean {
  const numbers: readonly TarField[] = ["size", "mode", "uid", "gid", "mtime", "devmajor", "devminor"];
  return block.every((byte) => byte < 0x80) && numbers.every((name) => field(block, name).at(-1) === 0);
}

function invalid(why: string): FerryError {
  return new FerryError("ARCHIVE_INVALID", `Archive is not valid: ${why}`);
}
