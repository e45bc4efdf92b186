/**
 * Points in time as RFC 3339 writes them, without loss.
 *
 * @module
 */
import type { TarTime } from "../../archive/tar_header.ts";

/** A point in time. */
export interface Moment extends TarTime {
  /** As it is written. */
  readonly text: string;
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)$/;

/** Reads a time; undefined where it is none (RFC 3339, section 5.6). */
export function parseMoment(text: string): Moment | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, date, time, fraction = "", zone = ""] = match;
  const offset = /^([Zz]|[+-]00:00)$/.test(zone) ? "Z" : zone;
  const milliseconds = Date.parse(`${date}T${time}${offset}`);
  if (Number.isNaN(milliseconds)) return undefined;
  const digits = fraction.replace(/0+$/, "");
  return {
    text: `${date}T${time}${digits === "" ? "" : `.${digits}`}${offset}`,
    seconds: Math.floor(milliseconds / 1000),
    nanos: Number(fraction.padEnd(9, "0")),
  };
}

/** Below 0 where `a` is before `b`, above 0 where it is after it. */
export function compareTimes(a: TarTime, b: TarTime): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}
