/**
 * The part of `os` that tells the time and ends a script (Lua 5.1 reference manual, 5.8), and environment variables that it may see.
 *
 * @module
 */
import { type LuaCall, LuaError, LuaExit, type LuaLibrary, LuaTable } from "./types.ts";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAY = 86_400_000;

/** A moment's calendar, in this machine's zone or in UTC. */
interface Calendar {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 0 is the first of January. */
  readonly yearDay: number;
  /** Minutes east of UTC. */
  readonly offset: number;
  readonly zone: string;
  readonly summer: boolean;
}

/** The library. */
export function osLibrary(now: () => number, env: (name: string) => string | undefined): LuaLibrary {
  const start = performance.now();
  return {
    time: (call) => {
      if (call.type(1) === "nil") return Math.floor(now() / 1000);
      return timeOf(call.table(1));
    },
    /** Ends the script, never the program. */
    exit: (call) => {
      throw new LuaExit(exitCode(call));
    },
    date: (call) => {
      const format = call.type(1) === "nil" ? "%c" : call.text(1);
      const seconds = call.type(2) === "nil" ? now() / 1000 : call.number(2);
      const utc = format.startsWith("!");
      const pattern = utc ? format.slice(1) : format;
      const date = new Date(Math.floor(seconds) * 1000);
      if (Number.isNaN(date.getTime())) throw new LuaError("time result cannot be represented in this installation");
      const at = calendar(date, utc);
      return pattern.startsWith("*t") ? tableOf(at) : dateText(pattern, at, Math.floor(seconds));
    },
    difftime: (call) => call.number(1) - (call.type(2) === "nil" ? 0 : call.number(2)),
    clock: () => (performance.now() - start) / 1000,
    getenv: (call) => env(call.text(1)) ?? null,
  };
}

function timeOf(table: LuaTable): number {
  const field = (name: string, otherwise?: number): number => {
    const value = table.get(name);
    const number = typeof value === "string" ? Number(value) : value;
    if (typeof number === "number" && !Number.isNaN(number)) return Math.trunc(number);
    if (otherwise === undefined || value !== undefined) throw new LuaError(`field '${name}' missing in date table`);
    return otherwise;
  };
  const date = new Date(
    field("year"),
    field("month") - 1,
    field("day"),
    field("hour", 12),
    field("min", 0),
    field("sec", 0),
  );
  date.setFullYear(date.getFullYear() + (field("year") >= 0 && field("year") < 100 ? -1900 : 0));
  if (Number.isNaN(date.getTime())) throw new LuaError("time result cannot be represented in this installation");
  return Math.floor(date.getTime() / 1000);
}

function calendar(date: Date, utc: boolean): Calendar {
  const offset = utc ? 0 : -date.getTimezoneOffset();
  // What UTC's calendar says of this moment is what the zone's calendar says of the real one.
  const shown = new Date(date.getTime() + offset * 60_000);
  const year = shown.getUTCFullYear();
  const winter = Math.max(
    new Date(year, 0, 1).getTimezoneOffset(),
    new Date(year, 6, 1).getTimezoneOffset(),
  );
  return {
    year,
    month: shown.getUTCMonth(),
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    weekday: shown.getUTCDay(),
    yearDay: Math.floor((Date.UTC(year, shown.getUTCMonth(), shown.getUTCDate()) - Date.UTC(year, 0, 1)) / DAY),
    offset,
    zone: utc ? "UTC" : zoneName(date),
    summer: !utc && date.getTimezoneOffset() < winter,
  };
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(date);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

function tableOf(at: Calendar): Record<string, number | boolean> {
  return {
    year: at.year,
    month: at.month + 1,
    day: at.day,
    hour: at.hour,
    min: at.minute,
    sec: at.second,
    wday: at.weekday + 1,
    yday: at.yearDay + 1,
    isdst: at.summer,
  };
}

/** Text by a format of C's `strftime` in the C locale; what is no conversion stays as it is. */
function dateText(format: string, at: Calendar, seconds: number): string {
  return format.replace(/%([EO]?)([a-zA-Z%])/g, (all, _modifier: string, letter: string) => {
    return conversion(letter, at, seconds) ?? all;
  });
}

function conversion(letter: string, at: Calendar, seconds: number): string | undefined {
  const two = (value: number, fill = "0") => String(value).padStart(2, fill);
  const sub = (format: string) => dateText(format, at, seconds);
  const half = at.hour % 12 === 0 ? 12 : at.hour % 12;
  switch (letter) {
    case "a":
      return DAYS[at.weekday]!.slice(0, 3);
    case "A":
      return DAYS[at.weekday];
    case "b":
    case "h":
      return MONTHS[at.month]!.slice(0, 3);
    case "B":
      return MONTHS[at.month];
    case "c":
      return sub("%a %b %e %H:%M:%S %Y");
    case "C":
      return two(Math.floor(at.year / 100));
    case "d":
      return two(at.day);
    case "D":
    case "x":
      return sub("%m/%d/%y");
    case "e":
      return two(at.day, " ");
    case "F":
      return sub("%Y-%m-%d");
    case "g":
      return two(isoWeek(at).year % 100);
    case "G":
      return String(isoWeek(at).year);
    case "H":
      return two(at.hour);
    case "I":
      return two(half);
    case "j":
      return String(at.yearDay + 1).padStart(3, "0");
    case "m":
      return two(at.month + 1);
    case "M":
      return two(at.minute);
    case "n":
      return "\n";
    case "p":
      return at.hour < 12 ? "AM" : "PM";
    case "r":
      return sub("%I:%M:%S %p");
    case "R":
      return sub("%H:%M");
    case "s":
      return String(seconds);
    case "S":
      return two(at.second);
    case "t":
      return "\t";
    case "T":
    case "X":
      return sub("%H:%M:%S");
    case "u":
      return String(at.weekday === 0 ? 7 : at.weekday);
    case "U":
      return two(Math.floor((at.yearDay + 7 - at.weekday) / 7));
    case "V":
      return two(isoWeek(at).week);
    case "w":
      return String(at.weekday);
    case "W":
      return two(Math.floor((at.yearDay + 7 - (at.weekday + 6) % 7) / 7));
    case "y":
      return two(((at.year % 100) + 100) % 100);
    case "Y":
      return String(at.year);
    case "z": {
      const minutes = Math.abs(at.offset);
      return `${at.offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
    }
    case "Z":
      return at.zone;
    case "%":
      return "%";
  }
  return undefined;
}

/** Week and its year by ISO 8601: the week with the year's first Thursday is the first. */
function isoWeek({ year, yearDay, weekday }: Calendar): { readonly year: number; readonly week: number } {
  const thursday = new Date(Date.UTC(year, 0, 1 + yearDay - (weekday + 6) % 7 + 3));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return { year: thursday.getUTCFullYear(), week: 1 + Math.floor((thursday.getTime() - first) / DAY / 7) };
}

/** Code of `os.exit`: a number, true for success and false for failure. */
function exitCode(call: LuaCall): number {
  if (call.type(1) === "nil") return 0;
  if (call.type(1) === "boolean") return call.truth(1) ? 0 : 1;
  return call.integer(1);
}
