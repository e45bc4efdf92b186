/**
 * Numbers in header blocks: octal text, or base 256 where that has no room (GNU tar manual, "Large or Negative Values").
 *
 * @module
 */

/** True when `value` has room as octal text with a NUL in a field of `length` bytes. */
export function fitsOctal(length: number, value: number): boolean {
  return value >= 0 && (length >= 22 || value < 2 ** ((length - 1) * 3));
}

/** True when `value` has room in base 256 in a field of `length` bytes. */
export function fitsBase256(length: number, value: number): boolean {
  const bits = (length - 1) * 8;
  return length >= 9 || (value >= -(2 ** bits) && value < 2 ** bits);
}

/** The number in a field; undefined where it is none, or past what can be counted exactly. */
export function parseNumber(field: Uint8Array): number | undefined {
  if ((field[0]! & 0x80) === 0) return parseOctal(field);
  const negative = (field[0]! & 0x40) !== 0;
  let value = 0n;
  for (const [at, byte] of field.entries()) {
    const bits = negative ? byte ^ 0xff : byte;
    value = value << 8n | BigInt(at === 0 ? bits & 0x7f : bits);
  }
  const number = Number(negative ? -value - 1n : value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Octal text: digits, zeros before and a NUL behind. `value` must fit. */
export function formatOctal(length: number, value: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`.slice(0, length);
}

/** Base 256, the highest byte first, its top bit set. `value` must fit. */
export function formatBase256(length: number, value: number): Uint8Array {
  const field = new Uint8Array(length);
  let rest = BigInt(value);
  for (let at = length - 1; at >= 0; at--) {
    field[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  field[0]! |= 0x80;
  return field;
}

function parseOctal(field: Uint8Array): number | undefined {
  let text = "";
  for (const byte of field) text += String.fromCharCode(byte);
  text = text.replace(/^[ \0]+|[ \0]+$/g, "");
  const end = text.indexOf("\0");
  if (end >= 0) text = text.slice(0, end);
  if (text === "") return 0;
  if (!/^[0-7]+$/.test(text)) return undefined;
  const number = parseInt(text, 8);
  return Number.isSafeInteger(number) ? number : undefined;
}
