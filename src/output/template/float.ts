/**
 * Numbers as text, exactly as Go's strconv.FormatFloat writes them: the shortest text that reads back as the same
 * number, or the exact value rounded half to even.
 *
 * @module
 */

/** Decimal digits without leading or trailing zeros, and where the point is: 0.DIGITS times ten to the `point`. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const MANTISSA_BITS = 52n;
const EXPONENT_BIAS = 1075;

/** Formats by verb b e E f g G x X; `precision` -1 means the shortest. Negative numbers get a minus sign. */
export function formatFloat(value: number, verb: string, precision: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (verb === "b") return sign + binary(size);
  if (verb === "x" || verb === "X") {
    const text = hexadecimal(size, precision);
    return sign + (verb === "X" ? text.toUpperCase() : text);
  }
  if (precision < 0) return sign + layOut(shortest(size), verb, -1, true);
  let round = precision;
  const all = exact(size);
  if (verb === "e" || verb === "E") round = precision + 1;
  else if (verb === "f") round = all.point + precision;
  else round = precision === 0 ? 1 : precision;
  const decimal = roundTo(all, round);
  return sign + layOut(decimal, verb, verb === "g" || verb === "G" ? round : precision, false);
}

function layOut(decimal: Decimal, verb: string, precision: number, isShortest: boolean): string {
  const count = decimal.digits.length;
  if (verb === "e" || verb === "E") return scientific(decimal, isShortest ? Math.max(count - 1, 0) : precision, verb);
  if (verb === "f") return plain(decimal, isShortest ? Math.max(count - decimal.point, 0) : precision);
  let limit = precision;
  if (limit > count && count >= decimal.point) limit = count;
  if (isShortest) limit = 6;
  const exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= limit) {
    const digits = isShortest || precision > count ? count : precision;
    return scientific(decimal, Math.max(digits - 1, 0), verb === "g" ? "e" : "E");
  }
  return plain(decimal, Math.max(count - decimal.point, 0));
}

function scientific({ digits, point }: Decimal, precision: number, mark: string): string {
  const first = digits[0] ?? "0";
  const rest = precision > 0 ? `.${digits.slice(1, 1 + precision).padEnd(precision, "0")}` : "";
  return first + rest + mark + exponentText(digits === "" ? 0 : point - 1);
}

function exponentText(exponent: number): string {
  return (exponent < 0 ? "-" : "+") + String(Math.abs(exponent)).padStart(2, "0");
}

function plain({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision <= 0) return whole;
  const fraction = "0".repeat(Math.min(Math.max(-point, 0), precision)) + digits.slice(Math.max(point, 0));
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, "0")}`;
}

function shortest(value: number): Decimal {
  if (value === 0) return { digits: "", point: 0 };
  const match = /^(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential())!;
  return { digits: match[1]! + (match[2] ?? ""), point: Number(match[3]) + 1 };
}

function exact(value: number): Decimal {
  if (value === 0) return { digits: "", point: 0 };
  const { mantissa, exponent } = split(value);
  const number = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const text = number.toString();
  const point = text.length + Math.min(exponent, 0);
  return { digits: text.replace(/0+$/, ""), point };
}

function roundTo({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: "", point: 0 };
  const next = digits[count]!;
  const tie = next === "5" && digits.length === count + 1;
  const odd = count > 0 && Number(digits[count - 1]) % 2 === 1;
  const up = tie ? odd : next >= "5";
  const kept = digits.slice(0, count);
  if (!up) {
    const trimmed = kept.replace(/0+$/, "");
    return trimmed === "" ? { digits: "", point: 0 } : { digits: trimmed, point };
  }
  const raised = (BigInt(kept === "" ? "0" : kept) + 1n).toString().padStart(count, "0");
  return { digits: raised.replace(/0+$/, ""), point: point + (raised.length > count ? 1 : 0) };
}

/** The number as a whole mantissa times two to the exponent. */
function split(value: number): { readonly mantissa: bigint; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> MANTISSA_BITS) & 0x7ffn);
  const fraction = bits & ((1n << MANTISSA_BITS) - 1n);
  return exponent === 0
    ? { mantissa: fraction, exponent: 1 - EXPONENT_BIAS }
    : { mantissa: fraction | (1n << MANTISSA_BITS), exponent: exponent - EXPONENT_BIAS };
}

function binary(value: number): string {
  const { mantissa, exponent } = split(value);
  return `${mantissa}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

function hexadecimal(value: number, precision: number): string {
  if (value === 0) return `0x0${precision > 0 ? `.${"0".repeat(precision)}` : ""}p+00`;
  const parts = split(value);
  let { mantissa } = parts;
  let exponent = parts.exponent + 52;
  while (mantissa < 1n << MANTISSA_BITS) {
    mantissa <<= 1n;
    exponent--;
  }
  if (precision >= 0 && precision < 13) {
    const cut = BigInt(4 * (13 - precision));
    const rest = mantissa & ((1n << cut) - 1n);
    const half = 1n << (cut - 1n);
    mantissa >>= cut;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= cut;
    if (mantissa >> (MANTISSA_BITS + 1n) !== 0n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const all = (mantissa & ((1n << MANTISSA_BITS) - 1n)).toString(16).padStart(13, "0");
  const fraction = precision < 0 ? all.replace(/0+$/, "") : all.slice(0, precision).padEnd(precision, "0");
  return `0x1${fraction === "" ? "" : `.${fraction}`}p${exponentText(exponent)}`;
}
