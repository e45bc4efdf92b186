/**
 * Durations, months and days of the week: integers with names (Go, package time).
 *
 * @module
 */
import { MONTHS, WEEKDAYS } from "./calendar.ts";
import { GoFloat, type GoFunction, GoInt } from "./value.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UNITS: Readonly<Record<string, bigint>> = { Nanoseconds: 1n, Microseconds: 1000n, Milliseconds: 1_000_000n };
const FLOAT_UNITS: Readonly<Record<string, bigint>> = {
  Seconds: 1_000_000_000n,
  Minutes: 60_000_000_000n,
  Hours: 3_600_000_000_000n,
};

/** A time.Duration of so many nanoseconds, within the range of int64. */
export function goDuration(nanoseconds: bigint): GoInt {
  const value = nanoseconds > INT64_MAX ? INT64_MAX : nanoseconds < INT64_MIN ? INT64_MIN : nanoseconds;
  return new GoInt(value, "time.Duration", durationText(value), (name) => durationMethod(value, name));
}

/** A time.Month, from 1. */
export function goMonth(month: number): GoInt {
  return new GoInt(BigInt(month), "time.Month", MONTHS[month - 1]!);
}

/** A time.Weekday, Sunday is 0. */
export function goWeekday(weekday: number): GoInt {
  return new GoInt(BigInt(weekday), "time.Weekday", WEEKDAYS[weekday]!);
}

/** An int64. */
export function goInt64(value: bigint): GoInt {
  return new GoInt(BigInt.asIntN(64, value), "int64");
}

/** `1h2m3.4s`, `1.5ms`, `0s`. */
export function durationText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const seconds = size / 1_000_000_000n;
  const rest = `${decimal(size - (seconds / 60n) * 60_000_000_000n, 9)}s`;
  const minutes = seconds / 60n;
  if (minutes === 0n) return sign + rest;
  return minutes < 60n ? `${sign}${minutes}m${rest}` : `${sign}${minutes / 60n}h${minutes % 60n}m${rest}`;
}

/** `value` divided by ten to the `places`, without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const text = value.toString().padStart(places + 1, "0");
  const fraction = text.slice(-places).replace(/0+$/, "");
  return text.slice(0, -places) + (fraction === "" ? "" : `.${fraction}`);
}

function durationMethod(value: bigint, name: string): GoFunction | undefined {
  if (Object.hasOwn(UNITS, name)) return { parameters: [], call: () => goInt64(value / UNITS[name]!) };
  if (Object.hasOwn(FLOAT_UNITS, name)) {
    const unit = FLOAT_UNITS[name]!;
    return {
      parameters: [],
      call: () => new GoFloat(Number(value / unit) + Number(value % unit) / Number(unit)),
    };
  }
  switch (name) {
    case "Truncate":
      return { parameters: ["time.Duration"], call: (unit) => goDuration(truncate(value, (unit as GoInt).value)) };
    case "Round":
      return { parameters: ["time.Duration"], call: (unit) => goDuration(round(value, (unit as GoInt).value)) };
    case "Abs":
      return { parameters: [], call: () => goDuration(value < 0n ? -value : value) };
  }
  return undefined;
}

function truncate(value: bigint, unit: bigint): bigint {
  return unit <= 0n ? value : value - value % unit;
}

function round(value: bigint, unit: bigint): bigint {
  if (unit <= 0n) return value;
  const rest = value % unit;
  if (rest < 0n) return -rest * 2n < unit ? value - rest : value - rest - unit;
  return rest * 2n < unit ? value - rest : value - rest + unit;
}
