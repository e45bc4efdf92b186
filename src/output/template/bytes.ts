/**
 * Strings as Go has them: bytes that are mostly UTF-8. A byte that is not part of valid UTF-8 is kept in a string as a
 * lone surrogate U+DC80 to U+DCFF, so that slices of bytes and escapes such as `\xff` survive until they are printed.
 *
 * @module
 */

const ESCAPE = 0xdc00;
// deno-lint-ignore no-control-regex
const NON_ASCII = /[^\x00-\x7f]/;
const LONE_SURROGATE = /[\ud800-\udfff]/;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** True when every character is one byte. */
export function isAscii(text: string): boolean {
  return !NON_ASCII.test(text);
}

/** Bytes of a string. */
export function toBytes(text: string): Uint8Array {
  if (!LONE_SURROGATE.test(text) || text.isWellFormed()) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff) bytes.push(code - ESCAPE);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** String of bytes; those that are not UTF-8 are kept as lone surrogates. */
export function fromBytes(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  if (!text.includes("\ufffd")) return text;
  const parts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = validSize(bytes, at);
    parts.push(size === 0 ? String.fromCharCode(ESCAPE + bytes[at]!) : decoder.decode(bytes.subarray(at, at + size)));
    at += size === 0 ? 1 : size;
  }
  return parts.join("");
}

/** Number of bytes of a string. */
export function byteLength(text: string): number {
  return isAscii(text) ? text.length : toBytes(text).byteLength;
}

/** Text for output: bytes that are not UTF-8 become U+FFFD. */
export function toOutput(text: string): string {
  return LONE_SURROGATE.test(text) && !text.isWellFormed() ? decoder.decode(toBytes(text)) : text;
}

/** The byte that a lone surrogate stands for, or undefined. */
export function escapedByte(code: number): number | undefined {
  return code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff ? code - ESCAPE : undefined;
}

/** Number of code points; a byte that is not UTF-8 counts as one. */
export function runeCount(text: string): number {
  if (isAscii(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Order of strings by their bytes; UTF-16 order differs for characters beyond U+FFFF. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
  if (x < 0xd800 && y < 0xd800) return x - y;
  const [left, right] = [toBytes(a), toBytes(b)];
  for (let i = 0; i < left.length && i < right.length; i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
  return left.length - right.length;
}

/** Bytes of the valid UTF-8 sequence at `at`, 0 where there is none. */
function validSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let i = 1; i < size; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] ?? 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return size;
}
