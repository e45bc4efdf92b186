/**
 * Methods of time.Time (Go, package time).
 *
 * @module
 */
import { MONTHS } from "./calendar.ts";
import { goDuration, goInt64, goMonth, goWeekday } from "./duration.ts";
import { quote } from "./quote.ts";
import type { GoTime } from "./time_value.ts";
import { LOCAL, UTC, type Zone } from "./time_zone.ts";
import { type GoFunction, GoInt, goStruct, type GoValue } from "./value.ts";

/** Nanoseconds from the first of January of the year 1 to 1970: what times are rounded from. */
const ZERO_TIME = -62_135_596_800n * 1_000_000_000n;
const MILLISECOND = 1_000_000n;
const MICROSECOND = 1_000n;

type Getter = (time: GoTime) => unknown;

/** Methods without parameters. */
const GETTERS: Readonly<Record<string, Getter>> = {
  Year: (time) => time.terms().year,
  Month: (time) => goMonth(time.terms().month),
  Day: (time) => time.terms().day,
  Hour: (time) => time.terms().hour,
  Minute: (time) => time.terms().minute,
  Second: (time) => time.terms().second,
  Nanosecond: (time) => time.nanosecond,
  Weekday: (time) => goWeekday(time.terms().weekday),
  YearDay: (time) => time.terms().yearDay,
  Unix: (time) => goInt64(BigInt(time.seconds)),
  UnixMilli: (time) => goInt64(floorDivide(time.nanoseconds(), MILLISECOND)),
  UnixMicro: (time) => goInt64(floorDivide(time.nanoseconds(), MICROSECOND)),
  UnixNano: (time) => goInt64(time.nanoseconds()),
  UTC: (time) => time.inZone(UTC),
  Local: (time) => time.inZone(LOCAL),
  Location: (time) => goStruct({ type: "*time.Location", text: () => time.zone.name }),
  IsZero: (time) => time.nanoseconds() === ZERO_TIME,
  IsDST: (time) => time.zone === LOCAL && isDaylightSaving(time),
  String: (time) => time.text(),
  GoString: goString,
  MarshalJSON: (time) => new TextEncoder().encode(quote(String(time.json()))),
  MarshalText: (time) => new TextEncoder().encode(String(time.json())),
};

/** Methods that give several values, which a template cannot use. */
const UNUSABLE: Readonly<Record<string, string>> = {
  Date: "function Date has 3 return values; should be 1 or 2",
  Clock: "function Clock has 3 return values; should be 1 or 2",
  ISOWeek: "invalid function signature for ISOWeek: second return value should be error; is int",
  Zone: "invalid function signature for Zone: second return value should be error; is int",
  ZoneBounds: "invalid function signature for ZoneBounds: second return value should be error; is time.Time",
};

/** The method of that name. */
export function timeMethod(time: GoTime, name: string): GoFunction | undefined {
  if (Object.hasOwn(GETTERS, name)) return { parameters: [], call: () => GETTERS[name]!(time) };
  if (Object.hasOwn(UNUSABLE, name)) return { parameters: [], unusable: UNUSABLE[name]!, call: () => undefined };
  switch (name) {
    case "Format":
      return { parameters: ["string"], call: (layout) => time.format(layout as string) };
    case "Add":
      return {
        parameters: ["time.Duration"],
        call: (duration) => time.at(time.nanoseconds() + (duration as GoInt).value),
      };
    case "Sub":
      return {
        parameters: ["time.Time"],
        call: (other) => goDuration(time.nanoseconds() - asTime(other).nanoseconds()),
      };
    case "AddDate":
      return {
        parameters: ["int", "int", "int"],
        call: (years, months, days) => time.addDate(years as bigint, months as bigint, days as bigint),
      };
    case "Before":
      return { parameters: ["time.Time"], call: (other) => time.compare(asTime(other)) < 0 };
    case "After":
      return { parameters: ["time.Time"], call: (other) => time.compare(asTime(other)) > 0 };
    case "Equal":
      return { parameters: ["time.Time"], call: (other) => time.compare(asTime(other)) === 0 };
    case "Compare":
      return { parameters: ["time.Time"], call: (other) => time.compare(asTime(other)) };
    case "In":
      return { parameters: ["any"], call: (location) => time.inZone(zoneOf(location)) };
    case "Truncate":
      return { parameters: ["time.Duration"], call: (unit) => time.at(truncate(time, (unit as GoInt).value)) };
    case "Round":
      return { parameters: ["time.Duration"], call: (unit) => time.at(round(time, (unit as GoInt).value)) };
  }
  return undefined;
}

/** Checked by the parameter's type before the call. */
function asTime(value: unknown): GoTime {
  return value as GoTime;
}

function zoneOf(location: unknown): Zone {
  const name = (location as GoValue | null)?.text?.();
  if (name === UTC.name) return UTC;
  if (name === LOCAL.name) return LOCAL;
  throw new Error("time: missing Location in call to Time.In");
}

function floorDivide(value: bigint, unit: bigint): bigint {
  const rest = ((value % unit) + unit) % unit;
  return (value - rest) / unit;
}

function truncate(time: GoTime, unit: bigint): bigint {
  const nanoseconds = time.nanoseconds();
  if (unit <= 0n) return nanoseconds;
  return floorDivide(nanoseconds - ZERO_TIME, unit) * unit + ZERO_TIME;
}

function round(time: GoTime, unit: bigint): bigint {
  const down = truncate(time, unit);
  if (unit <= 0n) return down;
  return (time.nanoseconds() - down) * 2n < unit ? down : down + unit;
}

/** Summer time is ahead of the smaller offset of the year. */
function isDaylightSaving(time: GoTime): boolean {
  const { year } = time.terms();
  const offsets = [0, 6].map((month) => LOCAL.offset(Date.UTC(year, month, 1) / 1000));
  return LOCAL.offset(time.seconds) > Math.min(...offsets);
}

/** The time as Go source, which `%#v` shows. */
export function goString(time: GoTime): string {
  const { year, month, day, hour, minute, second } = time.terms();
  const { zone } = time;
  const place = zone === UTC ? "time.UTC" : zone === LOCAL ? "time.Local" : `time.Location(${quote(zone.name)})`;
  return `time.Date(${year}, time.${
    MONTHS[month - 1]
  }, ${day}, ${hour}, ${minute}, ${second}, ${time.nanosecond}, ${place})`;
}
