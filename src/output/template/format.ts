/**
 * One value by one verb with flags, width and precision (Go, package fmt, "Printing").
 *
 * @module
 */
import { runeCount, toBytes } from "./bytes.ts";
import { formatFloat } from "./float.ts";
import { canBackquote, isPrintable, quote, quoteCharacter } from "./quote.ts";

/** Flags, width and precision of a verb. */
export interface Flags {
  /** Width, undefined where not given. */
  width: number | undefined;
  /** Precision, undefined where not given. */
  precision: number | undefined;
  /** `-`. */
  minus: boolean;
  /** `+`. */
  plus: boolean;
  /** `#`. */
  sharp: boolean;
  /** A blank. */
  space: boolean;
  /** `0`. */
  zero: boolean;
  /** `%+v`. */
  plusV: boolean;
  /** `%#v`. */
  sharpV: boolean;
}

/** Flags of a verb without any. */
export function noFlags(): Flags {
  return {
    width: undefined,
    precision: undefined,
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
  };
}

/** Pads to the width, on the left with zeros where the flag says so. */
export function pad(text: string, flags: Flags, zero: boolean = flags.zero): string {
  if (flags.width === undefined || flags.width === 0) return text;
  const missing = flags.width - runeCount(text);
  if (missing <= 0) return text;
  if (flags.minus) return text + " ".repeat(missing);
  return (zero ? "0" : " ").repeat(missing) + text;
}

/** An integer in a base. */
export function formatInteger(value: bigint, base: number, verb: string, flags: Flags): string {
  const negative = value < 0n;
  let digits = (negative ? -value : value).toString(base);
  if (verb === "X") digits = digits.toUpperCase();
  let precision = flags.precision ?? 0;
  if (flags.precision === 0 && value === 0n) return " ".repeat(flags.width ?? 0);
  if (flags.precision === undefined && flags.zero && !flags.minus && flags.width !== undefined) {
    precision = flags.width - (negative || flags.plus || flags.space ? 1 : 0);
  }
  digits = digits.padStart(precision, "0");
  if (flags.sharp) {
    if (base === 2) digits = `0b${digits}`;
    else if (base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
    else if (base === 16) digits = (verb === "X" ? "0X" : "0x") + digits;
  }
  if (verb === "O") digits = `0o${digits}`;
  const sign = negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  return pad(sign + digits, flags, false);
}

/** `U+0041`, with `#` also the character. */
export function formatUnicode(value: bigint, flags: Flags): string {
  const code = BigInt.asUintN(64, value);
  const precision = Math.max(flags.precision ?? 4, 4);
  let text = `U+${code.toString(16).toUpperCase().padStart(precision, "0")}`;
  if (flags.sharp && code <= 0x10ffffn && isPrintable(Number(code))) text += ` '${String.fromCodePoint(Number(code))}'`;
  return pad(text, flags, false);
}

/** The character of a code point. */
export function formatCharacter(value: bigint, flags: Flags): string {
  return pad(String.fromCodePoint(codePoint(value)), flags);
}

/** The character of a code point in single quotes. */
export function formatQuotedCharacter(value: bigint, flags: Flags): string {
  return pad(quoteCharacter(codePoint(value), flags.plus), flags);
}

/** A string, cut to the precision. */
export function formatString(text: string, flags: Flags): string {
  return pad(truncate(text, flags), flags);
}

/** A string in double quotes, with `#` in backquotes where that can be. */
export function formatQuoted(text: string, flags: Flags): string {
  const cut = truncate(text, flags);
  if (flags.sharp && canBackquote(cut)) return pad(`\`${cut}\``, flags);
  return pad(quote(cut, flags.plus), flags);
}

/** The bytes of a string in hexadecimal. */
export function formatHex(text: string | Uint8Array, upper: boolean, flags: Flags): string {
  const all = typeof text === "string" ? toBytes(text) : text;
  const bytes = flags.precision === undefined ? all : all.subarray(0, flags.precision);
  const pairs = Array.from(bytes, (byte) => {
    const pair = byte.toString(16).padStart(2, "0");
    return upper ? pair.toUpperCase() : pair;
  });
  const prefix = flags.sharp && pairs.length > 0 ? (upper ? "0X" : "0x") : "";
  return pad(prefix + pairs.join(flags.space ? ` ${prefix}` : ""), flags);
}

/** A float64 by verb b e E f F g G x X; `precision` where none is given. */
export function formatNumber(value: number, verb: string, precision: number, flags: Flags): string {
  const given = flags.precision ?? precision;
  const text = formatFloat(value, verb, given);
  let number = /^[+-]/.test(text) ? text : `+${text}`;
  if (flags.space && number.startsWith("+") && !flags.plus) number = ` ${number.slice(1)}`;
  if (number[1] === "I" || number[1] === "N") {
    return pad(
      number[1] === "N" && !flags.space && !flags.plus ? number.slice(1) : showSign(number, flags),
      flags,
      false,
    );
  }
  if (flags.sharp && verb !== "b") number = withPoint(number, verb, given);
  const signed = showSign(number, flags);
  if (signed !== number || !flags.zero || flags.minus || flags.width === undefined || flags.width <= number.length) {
    return pad(signed, flags);
  }
  return number[0] + "0".repeat(flags.width - number.length) + number.slice(1);
}

function showSign(number: string, flags: Flags): string {
  return flags.plus || !number.startsWith("+") ? number : number.slice(1);
}

/** The `#` flag: always a decimal point, and trailing zeros for g. */
function withPoint(number: string, verb: string, precision: number): string {
  const hex = verb === "x" || verb === "X";
  let missing = verb === "g" || verb === "G" || verb === "x" ? (precision === -1 ? 6 : precision) : 0;
  const tailAt = number.search(hex ? /[pP]/ : /[eEpP]/);
  const tail = tailAt < 0 ? "" : number.slice(tailAt);
  let body = tailAt < 0 ? number : number.slice(0, tailAt);
  let significant = false;
  for (const character of body.slice(1)) {
    if (character === ".") continue;
    if (character !== "0") significant = true;
    if (significant) missing--;
  }
  if (!body.includes(".")) {
    if (body.length === 2 && body[1] === "0") missing--;
    body += ".";
  }
  return body + "0".repeat(Math.max(missing, 0)) + tail;
}

function truncate(text: string, flags: Flags): string {
  if (flags.precision === undefined || text.length <= flags.precision) return text;
  let [count, at] = [0, 0];
  for (const character of text) {
    if (++count > flags.precision) return text.slice(0, at);
    at += character.length;
  }
  return text;
}

function codePoint(value: bigint): number {
  const valid = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value < 0xe000n);
  return valid ? Number(value) : 0xfffd;
}
