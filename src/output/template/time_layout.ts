/**
 * Go's layouts: times written as the reference time Mon Jan 2 15:04:05 MST 2006 (Go, package time, "Constants").
 *
 * @module
 */
import { type Civil, MONTHS, WEEKDAYS } from "./calendar.ts";

/** A piece of a layout: text to copy, or an element of the reference time. */
export interface LayoutPiece {
  /** As the layout has it. */
  readonly source: string;
  /** It stands for a part of a time. */
  readonly element: boolean;
}

/** What a layout shows of a time. */
export interface TimeParts {
  /** Calendar terms in the time's zone. */
  readonly civil: Civil;
  /** Nanoseconds of the second. */
  readonly nanosecond: number;
  /** Seconds east of UTC. */
  readonly offset: number;
  /** Abbreviation of the zone, "" where it has none. */
  readonly zone: string;
}

const MAX_LAYOUT = 1000;

/** Elements in the order in which they are tried; names are not followed by a lower case letter. */
const ELEMENT = new RegExp(
  [
    "January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST",
    "0[1-6]|002|15|1|2006|_2006|_2|__2|2|3|4|5|PM|pm",
    "-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07",
    "[.,]0+(?![0-9])|[.,]9+(?![0-9])",
  ].join("|"),
  "g",
);

/** Cuts a layout into pieces; throws an Error where it is too long. */
export function layoutPieces(layout: string): LayoutPiece[] {
  if (layout.length > MAX_LAYOUT) throw new Error(`layout of a time is longer than ${MAX_LAYOUT} characters`);
  const pieces: LayoutPiece[] = [];
  let at = 0;
  for (const { 0: found, index } of layout.matchAll(ELEMENT)) {
    // The underscore of _2006 is text.
    const start = found === "_2006" ? index + 1 : index;
    if (start > at) pieces.push({ source: layout.slice(at, start), element: false });
    at = index + found.length;
    pieces.push({ source: layout.slice(start, at), element: true });
  }
  if (at < layout.length) pieces.push({ source: layout.slice(at), element: false });
  return pieces;
}

/** The time as the layout shows it. */
export function formatTime(parts: TimeParts, layout: string): string {
  return layoutPieces(layout).map(({ source, element }) => element ? formatElement(parts, source) : source).join("");
}

/** A number with at least `width` digits after its sign. */
export function zeroPad(value: number, width: number): string {
  return (value < 0 ? "-" : "") + String(Math.abs(value)).padStart(width, "0");
}

function formatElement(parts: TimeParts, element: string): string {
  const { year, month, day, hour, minute, second, weekday, yearDay } = parts.civil;
  switch (element) {
    case "January":
      return MONTHS[month - 1]!;
    case "Jan":
      return MONTHS[month - 1]!.slice(0, 3);
    case "1":
      return String(month);
    case "01":
      return zeroPad(month, 2);
    case "Monday":
      return WEEKDAYS[weekday]!;
    case "Mon":
      return WEEKDAYS[weekday]!.slice(0, 3);
    case "2":
      return String(day);
    case "_2":
      return String(day).padStart(2, " ");
    case "02":
      return zeroPad(day, 2);
    case "__2":
      return String(yearDay).padStart(3, " ");
    case "002":
      return zeroPad(yearDay, 3);
    case "15":
      return zeroPad(hour, 2);
    case "3":
      return String(hour % 12 === 0 ? 12 : hour % 12);
    case "03":
      return zeroPad(hour % 12 === 0 ? 12 : hour % 12, 2);
    case "4":
      return String(minute);
    case "04":
      return zeroPad(minute, 2);
    case "5":
      return String(second);
    case "05":
      return zeroPad(second, 2);
    case "2006":
      return zeroPad(year, 4);
    case "06":
      return zeroPad(Math.abs(year) % 100, 2);
    case "PM":
      return hour >= 12 ? "PM" : "AM";
    case "pm":
      return hour >= 12 ? "pm" : "am";
    case "MST":
      return parts.zone !== "" ? parts.zone : formatOffset(parts.offset, "-0700");
  }
  return /^[.,]/.test(element) ? formatFraction(parts.nanosecond, element) : formatOffset(parts.offset, element);
}

/** Digits of the second: as many as there are zeros, or up to as many as there are nines without trailing zeros. */
function formatFraction(nanosecond: number, element: string): string {
  const digits = zeroPad(nanosecond, 9).slice(0, element.length - 1);
  if (element[1] === "0") return element[0] + digits;
  const kept = digits.replace(/0+$/, "");
  return kept === "" ? "" : element[0] + kept;
}

function formatOffset(offset: number, element: string): string {
  if (element.startsWith("Z") && offset === 0) return "Z";
  const minutes = Math.trunc(offset / 60);
  const colon = element.includes(":") ? ":" : "";
  const size = Math.abs(minutes);
  let text = (minutes < 0 ? "-" : "+") + zeroPad(Math.floor(size / 60), 2);
  if (element.length > 3) text += colon + zeroPad(size % 60, 2);
  if (element.length > 6) text += colon + zeroPad(Math.abs(offset) % 60, 2);
  return text;
}
