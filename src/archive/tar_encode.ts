/**
 * Header blocks of tar archives, written as Go's archive/tar writes them, so that changed layers get the digests that
 * tools written in Go give them: ustar where it fits, else pax, else GNU, within what the entry was read as.
 *
 * @module
 */
import { joinBytes } from "../oci/join_bytes.ts";
import { FerryError } from "../errors.ts";
import { textToBytes } from "./byte_text.ts";
import {
  BASIC_PAX_KEYS,
  TAR_BLOCK,
  TAR_FIELD,
  TAR_FORMAT,
  TAR_SPECIAL_MAX,
  TAR_TYPE,
  type TarField,
  type TarHeader,
  tarPadding,
  type TarTime,
} from "./tar_header.ts";
import { fitsBase256, fitsOctal, formatBase256, formatOctal } from "./tar_number.ts";
import { formatPax, formatPaxTime, isPaxRecord } from "./tar_pax.ts";

/**
 * The blocks before an entry's content.
 *
 * @throws {FerryError} ARCHIVE_INVALID, where no format can hold the header
 */
export function encodeHeader(header: TarHeader): Uint8Array {
  const entry = header.formats === 0
    ? { ...header, mtime: rounded(header.mtime), atime: undefined, ctime: undefined }
    : header;
  const { formats, records } = fit(entry);
  if ((formats & TAR_FORMAT.ustar) !== 0) return ustarBlock(entry);
  if ((formats & TAR_FORMAT.pax) !== 0) return paxBlocks(entry, records);
  if ((formats & TAR_FORMAT.gnu) !== 0) return gnuBlocks(entry);
  throw new FerryError("ARCHIVE_INVALID", `Entry "${header.name.slice(0, 200)}" fits no tar format`);
}

/** Formats that can hold the header, and the pax records that it needs. */
function fit(header: TarHeader): { readonly formats: number; readonly records: Map<string, string> } {
  let formats: number = TAR_FORMAT.any;
  let preferPax = false;
  const records = new Map<string, string>();
  const without = (format: number) => formats &= ~format;
  const record = (key: string | undefined, value: string) => {
    if (key === undefined) without(TAR_FORMAT.pax);
    else records.set(key, value);
  };
  const keep = (key: string | undefined, value: string) => {
    if (key !== undefined && header.pax.get(key) === value) records.set(key, value);
  };
  const text = (value: string, field: TarField, key: string) => {
    const tooLong = textToBytes(value).byteLength > TAR_FIELD[field][1];
    if (value.includes("\0") || (tooLong && key !== "path" && key !== "linkpath")) without(TAR_FORMAT.gnu);
    if (!isAscii(value) || tooLong) {
      if (key !== "path" || splitPath(value) === undefined) without(TAR_FORMAT.ustar);
      record(key, value);
    }
    keep(key, value);
  };
  const number = (value: number, field: TarField, key?: string) => {
    const length = TAR_FIELD[field][1];
    if (!fitsBase256(length, value)) without(TAR_FORMAT.gnu);
    if (!fitsOctal(length, value)) {
      without(TAR_FORMAT.ustar);
      record(key, String(value));
    }
    keep(key, String(value));
  };
  const time = (value: TarTime | undefined, length: number, key: string) => {
    if (value === undefined) return;
    const octal = fitsOctal(length, value.seconds);
    if (!fitsBase256(length, value.seconds)) without(TAR_FORMAT.gnu);
    if (key !== "mtime" || !octal) without(TAR_FORMAT.ustar);
    if (key !== "mtime" || !octal || value.nanos !== 0) {
      preferPax = true;
      records.set(key, formatPaxTime(value));
    }
    keep(key, formatPaxTime(value));
  };
  text(header.name, "name", "path");
  text(header.linkname, "linkname", "linkpath");
  text(header.uname, "uname", "uname");
  text(header.gname, "gname", "gname");
  number(header.mode, "mode");
  number(header.uid, "uid", "uid");
  number(header.gid, "gid", "gid");
  number(header.size, "size", "size");
  number(header.devmajor, "devmajor");
  number(header.devminor, "devminor");
  time(header.mtime, TAR_FIELD.mtime[1], "mtime");
  time(header.atime, TAR_FIELD.gnuAtime[1], "atime");
  time(header.ctime, TAR_FIELD.gnuCtime[1], "ctime");
  if (header.type === TAR_TYPE.paxGlobal) formats &= TAR_FORMAT.pax;
  if (header.pax.size > 0) {
    for (const [key, value] of header.pax) {
      if (records.has(key)) continue;
      if (header.type === TAR_TYPE.paxGlobal) records.set(key, value);
      else if (!BASIC_PAX_KEYS.has(key) && !key.startsWith("GNU.sparse.")) records.set(key, value);
    }
    formats &= TAR_FORMAT.pax;
  }
  for (const [key, value] of records) {
    if (!isPaxRecord(key, value)) {
      throw new FerryError(
        "ARCHIVE_INVALID",
        `Entry "${header.name.slice(0, 200)}" has a pax record that cannot be written`,
      );
    }
  }
  if (header.formats !== 0) {
    const wanted = (header.formats & TAR_FORMAT.pax) !== 0 && !preferPax
      ? header.formats | TAR_FORMAT.ustar
      : header.formats;
    formats &= wanted;
  }
  return { formats, records };
}

function ustarBlock(header: TarHeader): Uint8Array {
  const split = splitPath(header.name);
  const block = template(split === undefined ? header : { ...header, name: split.name }, octalField, (text) => text);
  if (split !== undefined) putText(block, "prefix", split.prefix);
  return finished(block, "ustar\x0000");
}

function paxBlocks(header: TarHeader, records: ReadonlyMap<string, string>): Uint8Array {
  const global = header.type === TAR_TYPE.paxGlobal;
  const extended = records.size > 0 || global
    ? specialFile(
      global ? (header.name === "" ? "GlobalHead.0.0" : header.name) : paxName(header.name),
      formatPax(records),
      global ? TAR_TYPE.paxGlobal : TAR_TYPE.pax,
      "ustar\x0000",
    )
    : new Uint8Array(0);
  if (global) return extended;
  return joinBytes([extended, finished(template(header, octalField, asciiOnly), "ustar\x0000")]);
}

function gnuBlocks(header: TarHeader): Uint8Array {
  const parts: Uint8Array[] = [];
  const long = (value: string, field: TarField, type: string) => {
    if (textToBytes(value).byteLength <= TAR_FIELD[field][1]) return;
    parts.push(specialFile("././@LongLink", textToBytes(`${value}\0`), type, "ustar  \0"));
  };
  long(header.name, "name", TAR_TYPE.gnuLongName);
  long(header.linkname, "linkname", TAR_TYPE.gnuLongLink);
  const block = template(header, numericField, (text) => text);
  if (header.atime !== undefined) block.set(numericField(header.atime.seconds, 12), TAR_FIELD.gnuAtime[0]);
  if (header.ctime !== undefined) block.set(numericField(header.ctime.seconds, 12), TAR_FIELD.gnuCtime[0]);
  parts.push(finished(block, "ustar  \0"));
  return joinBytes(parts);
}

/** A file that says more of the entry behind it. */
function specialFile(name: string, content: Uint8Array, type: string, magic: string): Uint8Array {
  if (content.byteLength > TAR_SPECIAL_MAX) {
    throw new FerryError(
      "ARCHIVE_INVALID",
      `Entry "${name.slice(0, 200)}" has more than ${TAR_SPECIAL_MAX} bytes of names or records`,
    );
  }
  const block = new Uint8Array(TAR_BLOCK);
  putText(block, "name", asciiOnly(name).slice(0, TAR_FIELD.name[1]).replace(/\/+$/, ""));
  for (const field of ["mode", "uid", "gid", "mtime"] as const) {
    block.set(octalField(0, TAR_FIELD[field][1]), TAR_FIELD[field][0]);
  }
  block.set(octalField(content.byteLength, TAR_FIELD.size[1]), TAR_FIELD.size[0]);
  putText(block, "type", type);
  return joinBytes([finished(block, magic), content, new Uint8Array(tarPadding(content.byteLength))]);
}

function template(
  header: TarHeader,
  number: (value: number, length: number) => Uint8Array,
  text: (value: string) => string,
): Uint8Array {
  const block = new Uint8Array(TAR_BLOCK);
  putText(block, "name", text(header.name));
  putText(block, "linkname", text(header.linkname));
  putText(block, "uname", text(header.uname));
  putText(block, "gname", text(header.gname));
  putText(block, "type", header.type);
  for (const field of ["mode", "uid", "gid", "size", "devmajor", "devminor"] as const) {
    block.set(number(header[field], TAR_FIELD[field][1]), TAR_FIELD[field][0]);
  }
  block.set(number(header.mtime.seconds, TAR_FIELD.mtime[1]), TAR_FIELD.mtime[0]);
  return block;
}

function finished(block: Uint8Array, magic: string): Uint8Array {
  putText(block, "magic", magic);
  block.fill(0x20, TAR_FIELD.checksum[0], TAR_FIELD.checksum[0] + 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  putText(block, "checksum", `${formatOctal(7, sum)} `);
  return block;
}

/** Where it is cut, a slash at the end goes: a reader must not take a long file name for a folder. */
function putText(block: Uint8Array, field: TarField, value: string): void {
  const [offset, length] = TAR_FIELD[field];
  const bytes = textToBytes(value);
  block.set(bytes.subarray(0, length), offset);
  if (bytes.byteLength <= length || block[offset + length - 1] !== 0x2f) return;
  let end = offset + length - 1;
  while (end > offset && block[end - 1] === 0x2f) end--;
  block[end] = 0;
}

/** Octal, or 0 where it has no room: a pax record says it then. */
function octalField(value: number, length: number): Uint8Array {
  return textToBytes(formatOctal(length, fitsOctal(length, value) ? value : 0));
}

function numericField(value: number, length: number): Uint8Array {
  return fitsOctal(length, value) ? octalField(value, length) : formatBase256(length, value);
}

/** A path in two parts as ustar holds it: at most 155 bytes, a slash, at most 100 bytes. */
function splitPath(path: string): { readonly prefix: string; readonly name: string } | undefined {
  if (path.length <= TAR_FIELD.name[1] || !isAscii(path)) return undefined;
  let length = path.length;
  if (length > TAR_FIELD.prefix[1] + 1) length = TAR_FIELD.prefix[1] + 1;
  else if (path.endsWith("/")) length--;
  const at = path.slice(0, length).lastIndexOf("/");
  const rest = path.length - at - 1;
  if (at <= 0 || rest > TAR_FIELD.name[1] || rest === 0 || at > TAR_FIELD.prefix[1]) return undefined;
  return { prefix: path.slice(0, at), name: path.slice(at + 1) };
}

/** Name of the file of pax records: beside the entry, in a folder of its own. */
function paxName(path: string): string {
  const at = path.lastIndexOf("/");
  const parts = `${path.slice(0, at + 1)}/PaxHeaders.0/${path.slice(at + 1)}`.split("/");
  const clean: string[] = [];
  for (const part of parts) {
    if (part === "" || part === ".") continue;
    if (part !== "..") clean.push(part);
    else if (clean.length > 0 && clean.at(-1) !== "..") clean.pop();
    else if (!path.startsWith("/")) clean.push(part);
  }
  return `${path.startsWith("/") ? "/" : ""}${clean.join("/")}`;
}

function rounded(time: TarTime): TarTime {
  return { seconds: time.nanos >= 5e8 ? time.seconds + 1 : time.seconds, nanos: 0 };
}

function isAscii(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return /^[\x01-\x7f]*$/.test(text);
}

function asciiOnly(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[^\x01-\x7f]/g, "");
}
