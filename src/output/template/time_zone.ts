/**
 * Time zones: UTC, this machine's, and fixed offsets.
 *
 * @module
 */

/** A zone. */
export interface Zone {
  /** Go's name of the location: `UTC`, `Local`, or the abbreviation that was read. */
  readonly name: string;
  /** Seconds east of UTC at a moment in seconds since 1970. */
  offset(seconds: number): number;
  /** Abbreviation at that moment, "" where it has none. */
  abbreviation(seconds: number): string;
}

/** Coordinated universal time. */
export const UTC: Zone = { name: "UTC", offset: () => 0, abbreviation: () => "UTC" };

/** The zone of this machine. */
export const LOCAL: Zone = {
  name: "Local",
  offset: (seconds) => {
    const minutes = new Date(seconds * 1000).getTimezoneOffset();
    return Number.isNaN(minutes) || minutes === 0 ? 0 : -minutes * 60;
  },
  abbreviation: localAbbreviation,
};

/** Locales that between them know the abbreviations which people use; others spell zones as GMT+1. */
const LOCALES = ["en-US", "en-GB", "en-AU", "en-IN", "en-CA", "en-ZA", "en-NZ"];

/** A zone of one offset. */
export function fixedZone(name: string, offset: number): Zone {
  return { name, offset: () => offset, abbreviation: () => name };
}

/** Go keeps one zone for each whole hour from -12 to +14 without a name; other fixed zones equal themselves alone. */
export function sameZone(a: Zone, b: Zone): boolean {
  if (a === b || a.name !== "" || b.name !== "") return a === b;
  const hours = a.offset(0) / 3600;
  return a.offset(0) === b.offset(0) && Number.isInteger(hours) && hours >= -12 && hours <= 14;
}

function localAbbreviation(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return "";
  for (const locale of LOCALES) {
    const parts = new Intl.DateTimeFormat(locale, { timeZoneName: "short" }).formatToParts(date);
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  return "";
}
