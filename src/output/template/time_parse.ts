/**
 * Reads a time by Go's layout (Go, package time, "Parse").
 *
 * @module
 */
import { dayNumber, daysBefore, daysIn, isLeap, MONTHS, WEEKDAYS } from "./calendar.ts";
import { quote } from "./quote.ts";
import { layoutPieces } from "./time_layout.ts";

/** What was read. */
export interface ParsedTime {
  /** Seconds since 1970, as if the zone were UTC. */
  readonly seconds: number;
  /** Nanoseconds of the second. */
  readonly nanosecond: number;
  /** It says UTC, or says nothing of a zone. */
  readonly utc: boolean;
  /** Seconds east of UTC, where given in digits. */
  readonly offset: number | undefined;
  /** Abbreviation of the zone, where given. */
  readonly zone: string | undefined;
}

interface State {
  year: number;
  month: number | undefined;
  day: number | undefined;
  yearDay: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  half: "am" | "pm" | undefined;
  utc: boolean;
  offset: number | undefined;
  zone: string | undefined;
}

/** The text does not fit the element. */
class BadValue extends Error {}
/** It fits, and its number is too small or too large. */
class OutOfRange extends Error {}

const SHORT_MONTHS = MONTHS.map((name) => name.slice(0, 3));
const SHORT_WEEKDAYS = WEEKDAYS.map((name) => name.slice(0, 3));
const OFFSETS: Readonly<Record<string, RegExp>> = {
  "-07:00": /^(.)(..):(..)()/s,
  "-07": /^(.)(..)()()/s,
  "-07:00:00": /^(.)(..):(..):(..)/s,
  "-070000": /^(.)(..)(..)(..)/s,
  "-0700": /^(.)(..)(..)()/s,
};

/** Reads `value`; throws an Error with Go's message where it does not fit. */
export function parseTime(layout: string, value: string): ParsedTime {
  const state: State = {
    year: 0,
    month: undefined,
    day: undefined,
    yearDay: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    half: undefined,
    utc: false,
    offset: undefined,
    zone: undefined,
  };
  const pieces = layoutPieces(layout);
  const refuse = (element: string, rest: string, message = "") => {
    const what = message === "" ? `: cannot parse ${quote(rest)} as ${quote(element)}` : message;
    return new Error(`parsing time ${quote(value)}${message === "" ? ` as ${quote(layout)}` : ""}${what}`);
  };
  let rest = value;
  for (const [at, { source, element }] of pieces.entries()) {
    if (!element) {
      const after = skip(rest, source);
      if (typeof after !== "string") throw refuse(source, after.rest);
      rest = after;
      continue;
    }
    try {
      rest = parseElement(state, source, rest, pieces[at + 1]);
    } catch (error) {
      if (error instanceof OutOfRange) throw refuse("", "", `: ${error.message} out of range`);
      if (error instanceof BadValue) throw refuse(source, rest);
      throw error;
    }
  }
  if (rest !== "") throw refuse("", "", `: extra text: ${quote(rest)}`);
  return finish(state, (message) => refuse("", "", message));
}

function finish(state: State, refuse: (message: string) => Error): ParsedTime {
  const { year, minute, second, nanosecond, utc, offset, zone } = state;
  let { hour } = state;
  if (state.half === "pm" && hour < 12) hour += 12;
  else if (state.half === "am" && hour === 12) hour = 0;
  const { month, day } = dateOf(state, refuse);
  if (day < 1 || day > daysIn(month, year)) throw refuse(": day out of range");
  const seconds = dayNumber(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  return { seconds, nanosecond, utc: utc || (offset === undefined && zone === undefined), offset, zone };
}

function dateOf(state: State, refuse: (message: string) => Error): { month: number; day: number } {
  if (state.yearDay === undefined) return { month: state.month ?? 1, day: state.day ?? 1 };
  let yearDay = state.yearDay;
  let found: { month: number; day: number } | undefined;
  if (isLeap(state.year)) {
    if (yearDay === 60) found = { month: 2, day: 29 };
    else if (yearDay > 60) yearDay--;
  }
  if (yearDay < 1 || yearDay > 365) throw refuse(": day-of-year out of range");
  if (found === undefined) {
    let month = 12;
    while (daysBefore(month) >= yearDay) month--;
    found = { month, day: yearDay - daysBefore(month) };
  }
  if (state.month !== undefined && state.month !== found.month) throw refuse(": day-of-year does not match month");
  if (state.day !== undefined && state.day !== found.day) throw refuse(": day-of-year does not match day");
  return found;
}

function parseElement(state: State, element: string, value: string, next: { source: string } | undefined): string {
  switch (element) {
    case "06": {
      const year = twoDigitYear(value);
      state.year = year >= 69 ? year + 1900 : year + 2000;
      return value.slice(2);
    }
    case "2006":
      if (!/^[0-9]{4}/.test(value)) throw new BadValue();
      state.year = Number(value.slice(0, 4));
      return value.slice(4);
    case "Jan":
    case "January": {
      const [month, rest] = lookUp(element === "Jan" ? SHORT_MONTHS : MONTHS, value);
      state.month = month + 1;
      return rest;
    }
    case "1":
    case "01": {
      const [month, rest] = getNumber(value, element === "01");
      if (month < 1 || month > 12) throw new OutOfRange("month");
      state.month = month;
      return rest;
    }
    case "Mon":
    case "Monday":
      return lookUp(element === "Mon" ? SHORT_WEEKDAYS : WEEKDAYS, value)[1];
    case "2":
    case "_2":
    case "02": {
      const text = element === "_2" && value.startsWith(" ") ? value.slice(1) : value;
      const [day, rest] = getNumber(text, element === "02");
      state.day = day;
      return rest;
    }
    case "__2":
    case "002": {
      const text = element === "__2" ? value.replace(/^ {1,2}/, "") : value;
      const digits = /^[0-9]{1,3}/.exec(text)?.[0];
      if (digits === undefined || (element === "002" && digits.length !== 3)) throw new BadValue();
      state.yearDay = Number(digits);
      return text.slice(digits.length);
    }
    case "15":
    case "3":
    case "03": {
      const [hour, rest] = getNumber(value, element === "03");
      if (hour >= (element === "15" ? 24 : 13)) throw new OutOfRange("hour");
      state.hour = hour;
      return rest;
    }
    case "4":
    case "04": {
      const [minute, rest] = getNumber(value, element === "04");
      if (minute >= 60) throw new OutOfRange("minute");
      state.minute = minute;
      return rest;
    }
    case "5":
    case "05":
      return parseSecond(state, value, element === "05", next);
    case "PM":
    case "pm": {
      const half = value.slice(0, 2);
      const known = element === "PM" ? ["AM", "PM"] : ["am", "pm"];
      if (!known.includes(half)) throw new BadValue();
      state.half = half.toLowerCase() as "am" | "pm";
      return value.slice(2);
    }
    case "MST":
      return parseZone(state, value);
  }
  return /^[.,]/.test(element) ? parseFraction(state, value, element) : parseOffset(state, value, element);
}

/** A fraction that the layout does not show is taken after the seconds. */
function parseSecond(state: State, value: string, fixed: boolean, next: { source: string } | undefined): string {
  const [second, rest] = getNumber(value, fixed);
  if (second >= 60) throw new OutOfRange("second");
  state.second = second;
  const fraction = /^[.,][0-9]+/.exec(rest)?.[0];
  if (fraction === undefined || /^[.,](?:0+|9+)$/.test(next?.source ?? "")) return rest;
  state.nanosecond = nanoseconds(fraction);
  return rest.slice(fraction.length);
}

function parseFraction(state: State, value: string, element: string): string {
  if (element[1] === "9") {
    const fraction = /^[.,][0-9]+/.exec(value)?.[0];
    if (fraction === undefined) return value;
    state.nanosecond = nanoseconds(fraction);
    return value.slice(fraction.length);
  }
  const fraction = value.slice(0, element.length);
  if (fraction.length < element.length || !/^[.,][0-9]+$/.test(fraction)) throw new BadValue();
  state.nanosecond = nanoseconds(fraction);
  return value.slice(element.length);
}

function nanoseconds(fraction: string): number {
  return Number(fraction.slice(1, 10).padEnd(9, "0"));
}

function parseOffset(state: State, value: string, element: string): string {
  if (element.startsWith("Z") && value.startsWith("Z")) {
    state.utc = true;
    return value.slice(1);
  }
  const match = OFFSETS[element.replace("Z", "-")]!.exec(value);
  if (match === null) throw new BadValue();
  const numbers = match.slice(2).map((digits) => {
    if (digits !== "" && !/^[0-9]{2}$/.test(digits)) throw new BadValue();
    return Number(digits);
  });
  const [hours = 0, minutes = 0, seconds = 0] = numbers;
  if (hours > 24) throw new OutOfRange("time zone offset hour");
  if (minutes > 60) throw new OutOfRange("time zone offset minute");
  if (seconds > 60) throw new OutOfRange("time zone offset second");
  if (match[1] !== "+" && match[1] !== "-") throw new BadValue();
  state.offset = ((hours * 60 + minutes) * 60 + seconds) * (match[1] === "-" ? -1 : 1);
  return value.slice(match[0].length);
}

function parseZone(state: State, value: string): string {
  if (value.startsWith("UTC")) {
    state.utc = true;
    return value.slice(3);
  }
  const length = zoneLength(value);
  if (length === 0) throw new BadValue();
  state.zone = value.slice(0, length);
  return value.slice(length);
}

/** Length of an abbreviation of a zone, 0 where there is none. */
function zoneLength(value: string): number {
  if (value.length < 3) return 0;
  if (/^(?:ChST|MeST)/.test(value)) return 4;
  if (value.startsWith("GMT")) return 3 + signedOffset(value.slice(3));
  if (/^[+-]/.test(value)) return signedOffset(value);
  const letters = /^[A-Z]{0,6}/.exec(value)![0];
  switch (letters.length) {
    case 5:
      return letters.endsWith("T") ? 5 : 0;
    case 4:
      return letters.endsWith("T") || letters === "WITA" ? 4 : 0;
    case 3:
      return 3;
  }
  return 0;
}

/** Length of an offset in hours such as `+3`, from -23 to +23; 0 where there is none. */
function signedOffset(value: string): number {
  const match = /^[+-]([0-9]+)/.exec(value);
  return match === null || Number(match[1]) > 23 ? 0 : match[0].length;
}

function twoDigitYear(value: string): number {
  const text = value.slice(0, 2);
  const match = /^([+-]?)([0-9]+)$/.exec(text);
  if (match === null || text.length < 2) throw new BadValue();
  return Number(match[2]) * (match[1] === "-" ? -1 : 1);
}

function lookUp(names: readonly string[], value: string): [number, string] {
  for (const [at, name] of names.entries()) {
    if (value.slice(0, name.length).toLowerCase() === name.toLowerCase()) return [at, value.slice(name.length)];
  }
  throw new BadValue();
}

/** One or two digits; exactly two where `fixed`. */
function getNumber(value: string, fixed: boolean): [number, string] {
  const digits = /^[0-9]{1,2}/.exec(value)?.[0];
  if (digits === undefined || (fixed && digits.length === 1)) throw new BadValue();
  return [Number(digits), value.slice(digits.length)];
}

/** What follows the layout's text; a run of blanks in it matches any run of blanks. */
function skip(value: string, prefix: string): string | { readonly rest: string } {
  let [rest, wanted] = [value, prefix];
  while (wanted !== "") {
    if (wanted.startsWith(" ")) {
      if (rest !== "" && !rest.startsWith(" ")) return { rest };
      wanted = wanted.replace(/^ +/, "");
      rest = rest.replace(/^ +/, "");
      continue;
    }
    if (rest === "" || rest[0] !== wanted[0]) return { rest };
    rest = rest.slice(1);
    wanted = wanted.slice(1);
  }
  return rest;
}
