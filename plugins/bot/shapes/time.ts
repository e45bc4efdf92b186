/**
 * Times as Go prints them: `2021-01-01 00:00:00 +0000 UTC`, which scripts take apart.
 *
 * @module
 */

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(?:([Zz])|([+-])(\d\d):?(\d\d))$/;

/** A time of RFC 3339 as Go prints it, or undefined where the text is none. */
export function goTime(text: string): string | undefined {
  const [all, date, time, fraction = "", utc, sign, hours, minutes] = RFC_3339.exec(text) ?? [];
  if (all === undefined) return undefined;
  const digits = fraction.slice(0, 9).replace(/0+$/, "");
  const zone = utc !== undefined || (sign === "+" && `${hours}${minutes}` === "0000")
    ? "+0000 UTC"
    : `${sign}${hours}${minutes} ${sign}${hours}${minutes}`;
  return `${date} ${time}${digits === "" ? "" : `.${digits}`} ${zone}`;
}

const GO =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?\s*(?:[Zz]|UTC|([+-])(\d\d):?(\d\d))?(?:\s+[A-Za-z0-9+-]+)?$/;
const DATE = /^(\d{4})-?(\d\d)-?(\d\d)$/;

/** Seconds since 1970 of a time as Go prints it or as RFC 3339 has it, or of a date, or undefined. */
export function parseTime(text: string): number | undefined {
  const [day, ...date] = DATE.exec(text.trim()) ?? [];
  if (day !== undefined) return checked(date.map(Number), 0, 0);
  const [all, ...parts] = GO.exec(text.trim()) ?? [];
  if (all === undefined) return undefined;
  const [fraction = "", sign, hours = "0", minutes = "0"] = parts.slice(6);
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60 : 60);
  return checked(parts.slice(0, 6).map(Number), offset, fraction === "" ? 0 : Number(`0.${fraction}`));
}

function checked(numbers: readonly number[], offset: number, fraction: number): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000 - offset + fraction;
}
