/**
 * Durations as Go writes them: `1h30m`, `1.5s`, `300ms`.
 *
 * @module
 */

/** Nanoseconds of each unit. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "µs": 1_000n, // U+00B5
  "μs": 1_000n, // U+03BC
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
/** Most nanoseconds that Go's durations hold. */
const MOST = (1n << 63n) - 1n;

/**
 * Milliseconds of a duration in Go's form, or undefined where it is none. Parts below a nanosecond are cut off.
 *
 * @example
 * ```ts
 * import { parseDuration } from "./duration.ts";
 * if (parseDuration("1h30m") !== 5_400_000 || parseDuration("90") !== undefined) throw new Error();
 * ```
 */
export function parseDuration(text: string): number | undefined {
  const [, sign, rest] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === undefined || rest === "") return undefined;
  if (rest === "0") return 0;
  let nanoseconds = 0n;
  for (let at = 0; at < rest.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const [, whole = "", fraction = "", unit = ""] = PART.exec(rest) ?? [];
    const scale = UNITS[unit];
    if (scale === undefined || whole + fraction === "") return undefined;
    nanoseconds += BigInt(whole || "0") * scale + BigInt(fraction || "0") * scale / 10n ** BigInt(fraction.length);
    if (nanoseconds > MOST) return undefined;
  }
  const milliseconds = Number(nanoseconds) / 1e6;
  return sign === "-" && milliseconds !== 0 ? -milliseconds : milliseconds;
}

/**
 * A duration in Go's form, down to nanoseconds.
 *
 * @example
 * ```ts
 * import { formatDuration } from "./duration.ts";
 * if (formatDuration(5_400_000) !== "1h30m0s" || formatDuration(1.5) !== "1.5ms") throw new Error();
 * ```
 */
export function formatDuration(milliseconds: number): string {
  const nanoseconds = BigInt(Math.round(Math.abs(milliseconds) * 1e6));
  if (nanoseconds === 0n) return "0s";
  const sign = milliseconds < 0 ? "-" : "";
  if (nanoseconds < 1_000n) return `${sign}${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${sign}${decimal(nanoseconds, 3)}µs`;
  if (nanoseconds < 1_000_000_000n) return `${sign}${decimal(nanoseconds, 6)}ms`;
  const minutes = nanoseconds / 60_000_000_000n;
  const hours = minutes / 60n;
  const seconds = `${decimal(nanoseconds % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  return `${sign}${hours === 0n ? "" : `${hours}h`}${minutes % 60n}m${seconds}`;
}

/** `value / 10^digits` without trailing zeros. */
function decimal(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const fraction = (value % scale).toString().padStart(digits, "0").replace(/0+$/, "");
  return `${value / scale}${fraction === "" ? "" : `.${fraction}`}`;
}
