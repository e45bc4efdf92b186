/**
 * Number constants (Go specification, "Integer literals", "Floating-point literals"; text/template, "Arguments").
 *
 * @module
 */
import { quote, unquoteCharacter } from "./quote.ts";
import type { NumberNode } from "./nodes.ts";

type Values = Pick<NumberNode, "int" | "uint" | "float" | "complex">;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;
const INTEGER = /^([+-]?)(?:0[xX]([0-9a-fA-F_]+)|0[bB]([01_]+)|0[oO]([0-7_]+)|0([0-7_]*)|([1-9][0-9_]*))$/;
const DECIMAL = /^[+-]?(?:[0-9_]+\.?[0-9_]*|\.[0-9_]+)(?:[eE][+-]?[0-9_]+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([+-]?[0-9_]+)$/;

/** Values of a number as written, or what is wrong with it. */
export function parseNumber(source: string, kind: "number" | "complex" | "char constant"): Values | string {
  if (kind === "char constant") {
    const code = unquoteCharacter(source);
    if (typeof code === "string") return code;
    return { int: BigInt(code), uint: BigInt(code), float: code, complex: undefined };
  }
  if (kind === "complex") return parseComplex(source) ?? `illegal number syntax: ${quote(source)}`;
  if (source.endsWith("i")) {
    const imaginary = parseFloat64(source.slice(0, -1));
    if (imaginary !== undefined) return fromComplex([0, imaginary]);
  }
  return parseReal(source);
}

/** Text as float64 in Go's spelling; undefined where it is none or out of range. */
export function parseFloat64(source: string): number | undefined {
  if (!underscoresSeparateDigits(source)) return undefined;
  const text = source.replaceAll("_", "");
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const hex = HEXADECIMAL.exec(text);
  return hex === null ? undefined : hexFloat(hex[1]!, hex[2]!, hex[3]!, Number(hex[4]));
}

function parseReal(source: string): Values | string {
  const integer = parseInteger(source);
  const int = integer !== undefined && integer >= INT64_MIN && integer <= INT64_MAX ? integer : undefined;
  const unsigned = !/^[+-]/.test(source) || (integer === 0n && int !== undefined);
  const uint = integer !== undefined && unsigned && integer <= UINT64_MAX ? integer : undefined;
  if (int !== undefined || uint !== undefined) return { int, uint, float: Number(int ?? uint), complex: undefined };
  const float = parseFloat64(source);
  if (float === undefined) return `illegal number syntax: ${quote(source)}`;
  if (!/[.eEpP]/.test(source)) return `integer overflow: ${quote(source)}`;
  return { ...integersOf(float), float, complex: undefined };
}

function integersOf(float: number): Pick<Values, "int" | "uint"> {
  if (!Number.isInteger(float)) return { int: undefined, uint: undefined };
  const whole = BigInt(float);
  return {
    int: whole >= INT64_MIN && whole <= INT64_MAX ? whole : undefined,
    uint: whole >= 0n && whole <= UINT64_MAX ? whole : undefined,
  };
}

function parseInteger(source: string): bigint | undefined {
  const match = INTEGER.exec(source);
  if (match === null || !underscoresSeparateDigits(source)) return undefined;
  const [, sign, hex, binary, octal, oldOctal, decimal] = match;
  const clean = (digits: string) => digits.replaceAll("_", "");
  const value = hex !== undefined
    ? BigInt(`0x${clean(hex)}`)
    : binary !== undefined
    ? BigInt(`0b${clean(binary)}`)
    : octal !== undefined
    ? BigInt(`0o${clean(octal)}`)
    : oldOctal !== undefined
    ? BigInt(`0o0${clean(oldOctal)}`)
    : BigInt(clean(decimal!));
  return sign === "-" ? -value : value;
}

/** An underscore stands between digits, or between a base prefix and a digit. */
function underscoresSeparateDigits(source: string): boolean {
  if (!source.includes("_")) return true;
  const body = source.replace(/^[+-]/, "").replace(/^0[xXbBoO]/, "0");
  const hex = /^[+-]?0[xX]/.test(source);
  return !(hex ? /(?<![0-9a-fA-F])_|_(?![0-9a-fA-F])/ : /(?<![0-9])_|_(?![0-9])/).test(body);
}

function hexFloat(sign: string, whole: string, fraction: string, exponent: number): number | undefined {
  if (whole === "" && fraction === "") return undefined;
  let mantissa = BigInt(`0x0${whole}${fraction}`);
  let shift = exponent - 4 * fraction.length;
  if (mantissa === 0n) return sign === "-" ? -0 : 0;
  if (shift > 2000 || shift < -3000 - 4 * whole.length) return shift > 0 ? undefined : 0;
  // Round to 53 bits, fewer for subnormal numbers, ties to even; a sticky bit keeps what is cut off.
  const bits = mantissa.toString(2).length;
  const keep = Math.min(53, bits + shift + 1074);
  if (keep < 0) return 0;
  const cut = bits - keep;
  if (cut > 0) {
    const half = 1n << BigInt(cut - 1);
    const rest = mantissa & ((1n << BigInt(cut)) - 1n);
    mantissa >>= BigInt(cut);
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    shift += cut;
  }
  const value = Number(mantissa) * 2 ** Math.max(shift, -1000) * 2 ** Math.min(0, shift + 1000);
  if (!Number.isFinite(value)) return undefined;
  return sign === "-" ? -value : value;
}

function parseComplex(source: string): Values | undefined {
  const match = /^(.+?[^eEpP])([+-].*)i$/.exec(source) ?? /^(.)([+-].*)i$/.exec(source);
  if (match === null) return undefined;
  const [real, imaginary] = [parseFloat64(match[1]!), parseFloat64(match[2]!)];
  return real === undefined || imaginary === undefined ? undefined : fromComplex([real, imaginary]);
}

function fromComplex(complex: readonly [number, number]): Values {
  if (complex[1] !== 0) return { int: undefined, uint: undefined, float: undefined, complex };
  return { ...integersOf(complex[0]), float: complex[0], complex };
}
