/**
 * Go's quoted strings and characters (Go specification, "String literals"; package strconv).
 *
 * @module
 */
import { escapedByte, fromBytes, toBytes } from "./bytes.ts";

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };
const NAMED: ReadonlyMap<number, string> = new Map([
  [7, "\\a"],
  [8, "\\b"],
  [12, "\\f"],
  [10, "\\n"],
  [13, "\\r"],
  [9, "\\t"],
  [11, "\\v"],
]);

/** True for a character that is printed as it is. */
export function isPrintable(code: number): boolean {
  if (code < 127) return code >= 32;
  return PRINTABLE.test(String.fromCodePoint(code));
}

/** The text in double quotes; `ascii`: with escapes for everything beyond ASCII. */
export function quote(text: string, ascii = false): string {
  let out = '"';
  for (const character of text) out += quoteCode(character.codePointAt(0)!, 34, ascii);
  return `${out}"`;
}

/** The character in single quotes. */
export function quoteCharacter(code: number, ascii = false): string {
  const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
  return `'${quoteCode(valid ? code : 0xfffd, 39, ascii)}'`;
}

/** True when the text can stand in backquotes on one line. */
export function canBackquote(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code === 0xfeff || escapedByte(code) !== undefined) return false;
    if ((code < 32 && code !== 9) || code === 96 || code === 127) return false;
  }
  return true;
}

/** The text of a string constant in double quotes or backquotes; undefined where it breaks the syntax. */
export function unquote(source: string): string | undefined {
  if (source.startsWith("`")) return source.slice(1, -1).replaceAll("\r", "");
  const inner = source.slice(1, -1);
  if (!inner.includes("\\")) return inner;
  const bytes: Uint8Array[] = [];
  for (let at = 0; at < inner.length;) {
    const part = unquoteOne(inner, at, '"');
    if (part === undefined) return undefined;
    bytes.push(part.byte === undefined ? toBytes(String.fromCodePoint(part.code)) : Uint8Array.of(part.byte));
    at = part.end;
  }
  return fromBytes(concat(bytes));
}

/** The value of a character constant, or what is wrong with it. */
export function unquoteCharacter(source: string): number | string {
  const inner = source.slice(1);
  const part = inner === "" || inner[0] === "'" ? undefined : unquoteOne(inner, 0, "'");
  if (part === undefined) return "invalid syntax";
  if (inner.slice(part.end) !== "'") return `malformed character constant: ${source}`;
  return part.byte ?? part.code;
}

interface Part {
  readonly code: number;
  readonly byte: number | undefined;
  readonly end: number;
}

function unquoteOne(text: string, at: number, quoteMark: string): Part | undefined {
  const code = text.codePointAt(at)!;
  if (code !== 92) return { code, byte: undefined, end: at + (code > 0xffff ? 2 : 1) };
  const letter = text[at + 1];
  if (letter === undefined) return undefined;
  if (letter === quoteMark) return { code: quoteMark.charCodeAt(0), byte: undefined, end: at + 2 };
  if (Object.hasOwn(SIMPLE, letter)) return { code: SIMPLE[letter]!, byte: undefined, end: at + 2 };
  const hex = { x: 2, u: 4, U: 8 }[letter];
  if (hex !== undefined) {
    const digits = text.slice(at + 2, at + 2 + hex);
    if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length !== hex) return undefined;
    const value = parseInt(digits, 16);
    const end = at + 2 + hex;
    if (letter === "x") return { code: value, byte: value, end };
    return value > 0x10ffff || (value >= 0xd800 && value < 0xe000) ? undefined : { code: value, byte: undefined, end };
  }
  const octal = text.slice(at + 1, at + 4);
  if (!/^[0-7]{3}$/.test(octal)) return undefined;
  const value = parseInt(octal, 8);
  return value > 255 ? undefined : { code: value, byte: value, end: at + 4 };
}

function quoteCode(code: number, quoteMark: number, ascii: boolean): string {
  const byte = escapedByte(code);
  if (byte !== undefined) return `\\x${byte.toString(16).padStart(2, "0")}`;
  if (code === quoteMark || code === 92) return `\\${String.fromCodePoint(code)}`;
  if (code < 128 ? isPrintable(code) : !ascii && isPrintable(code)) return String.fromCodePoint(code);
  const named = NAMED.get(code);
  if (named !== undefined) return named;
  if (code < 32 || code === 127) return `\\x${code.toString(16).padStart(2, "0")}`;
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}
