/**
 * Days of the proleptic Gregorian calendar, for any year.
 *
 * @module
 */

/** Names of the months. */
export const MONTHS: readonly string[] =
  "January February March April May June July August September October November December".split(" ");
/** Names of the days of the week, from Sunday. */
export const WEEKDAYS: readonly string[] = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const SECONDS_PER_DAY = 86400;
const MONTH_DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A moment in calendar terms. */
export interface Civil {
  /** Year. */
  readonly year: number;
  /** Month from 1. */
  readonly month: number;
  /** Day of the month from 1. */
  readonly day: number;
  /** Hour. */
  readonly hour: number;
  /** Minute. */
  readonly minute: number;
  /** Second. */
  readonly second: number;
  /** Day of the week, Sunday is 0. */
  readonly weekday: number;
  /** Day of the year from 1. */
  readonly yearDay: number;
}

/** True for a leap year. */
export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days of a month, which is from 1. */
export function daysIn(month: number, year: number): number {
  return month === 2 && isLeap(year) ? 29 : MONTH_DAYS[month - 1]!;
}

/** Days of the year before a month, which is from 1, in a common year. */
export function daysBefore(month: number): number {
  return MONTH_DAYS.slice(0, month - 1).reduce((sum, days) => sum + days, 0);
}

/** Days since 1970-01-01; months and days beyond their range carry over. */
export function dayNumber(year: number, month: number, day: number): number {
  const months = year * 12 + (month - 1);
  // Years that start in March put the leap day last.
  const shifted = months - 2;
  const y = Math.floor(shifted / 12);
  const m = shifted - y * 12;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) +
    Math.floor((153 * m + 2) / 5);
  return era * 146097 + dayOfEra - 719468 + day - 1;
}

/** Calendar terms of seconds since 1970. */
export function civil(seconds: number): Civil {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return {
    year,
    month,
    day: dayOfYear - Math.floor((153 * m + 2) / 5) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: ((days + 4) % 7 + 7) % 7,
    yearDay: days - dayNumber(year, 1, 1) + 1,
  };
}
