/**
 * pax extended header records: `length key=value\n` (POSIX.1-2008, pax, "pax Extended Header").
 *
 * @module
 */
import { joinBytes } from "../oci/join_bytes.ts";
import { FerryError } from "../errors.ts";
import { bytesToText, textToBytes } from "./byte_text.ts";
import type { TarTime } from "./tar_header.ts";

const SPACE = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;
/** Keys whose values are texts of the header, which cannot hold a NUL. */
const TEXT_KEYS: ReadonlySet<string> = new Set(["path", "linkpath", "uname", "gname"]);

/** True when a record with this key and value can be written. */
export function isPaxRecord(key: string, value: string): boolean {
  if (key === "" || key.includes("=")) return false;
  return TEXT_KEYS.has(key) ? !value.includes("\0") : !key.includes("\0");
}

/**
 * Records of an extended header. GNU's sparse records of version 0.0, which repeat keys, are gathered into one of version 0.1.
 *
 * @throws {FerryError} ARCHIVE_INVALID
 */
export function parsePax(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  const sparse: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(SPACE, at);
    const length = space < 0 ? NaN : decimal(bytesToText(bytes.subarray(at, space)));
    const end = at + length;
    if (!(length >= 5) || end > bytes.length || space + 1 >= end || bytes[end - 1] !== NEWLINE) throw invalid();
    const equals = bytes.indexOf(EQUALS, space + 1);
    if (equals < 0 || equals >= end - 1) throw invalid();
    const key = bytesToText(bytes.subarray(space + 1, equals));
    const value = bytesToText(bytes.subarray(equals + 1, end - 1));
    if (!isPaxRecord(key, value)) throw invalid();
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") sparse.push(value);
    else records.set(key, value);
    at = end;
  }
  if (sparse.length > 0) records.set("GNU.sparse.map", sparse.join(","));
  return records;
}

/** Records in the order of their keys' bytes. */
export function formatPax(records: ReadonlyMap<string, string>): Uint8Array {
  const lines = [...records].map(([key, value]) => ({
    key: textToBytes(key),
    line: textToBytes(` ${key}=${value}\n`),
  }));
  lines.sort((a, b) => compareBytes(a.key, b.key));
  const parts: Uint8Array[] = [];
  for (const { line } of lines) {
    let length = line.byteLength + 1;
    while (String(length).length + line.byteLength !== length) length = String(length).length + line.byteLength;
    parts.push(textToBytes(String(length)), line);
  }
  return joinBytes(parts);
}

/**
 * A time as pax writes it: decimal seconds with as many digits after the point as are needed.
 *
 * @throws {FerryError} ARCHIVE_INVALID
 */
export function parsePaxTime(text: string): TarTime {
  const match = /^([+-]?[0-9]+)(?:\.([0-9]*))?$/.exec(text);
  if (match === null) throw invalid();
  const seconds = Number(match[1]);
  if (!Number.isSafeInteger(seconds)) throw invalid();
  const nanos = Number((match[2] ?? "").slice(0, 9).padEnd(9, "0"));
  if (nanos === 0 || !text.startsWith("-")) return { seconds: seconds + 0, nanos };
  return { seconds: seconds - 1, nanos: 1e9 - nanos };
}

/** Text of a time for a record. */
export function formatPaxTime(time: TarTime): string {
  if (time.nanos === 0) return String(time.seconds);
  const negative = time.seconds < 0;
  const seconds = negative ? -(time.seconds + 1) : time.seconds;
  const nanos = negative ? 1e9 - time.nanos : time.nanos;
  return `${negative ? "-" : ""}${seconds}.${String(nanos).padStart(9, "0")}`.replace(/0+$/, "");
}

function decimal(text: string): number {
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    if (a[at] !== b[at]) return a[at]! - b[at]!;
  }
  return a.length - b.length;
}

function invalid(): FerryError {
  return new FerryError("ARCHIVE_INVALID", "Archive is not valid: a pax record cannot be read");
}
