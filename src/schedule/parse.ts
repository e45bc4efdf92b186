/**
 * Reads schedules as cron and regsync write them.
 *
 * @module
 */
import { formatDuration, parseDuration } from "../config/duration.ts";
import { FerryError } from "../errors.ts";
import { compileCron } from "./cron.ts";
import type { Schedule } from "./schedule.ts";

const NAMES = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const FIELDS = "use minute, hour, day of month, month, day of week, for example 0 3 * * *";
/** Shortest time between two runs. */
const SHORTEST = 1000;

/**
 * Reads a schedule: five cron fields, a name (`@hourly`), or `@every 1h30m`; `CRON_TZ=Europe/Berlin` (or `TZ=`) before it gives
 * the time zone, the machine's own unless given.
 *
 * @throws {FerryError} CONFIG_INVALID
 *
 * @example
 * ```ts
 * import { parseSchedule } from "./parse.ts";
 * const nightly = parseSchedule("CRON_TZ=UTC 0 3 * * *");
 * if (nightly.next(Date.UTC(2026, 0, 1, 3)) !== Date.UTC(2026, 0, 2, 3)) throw new Error();
 * ```
 */
export function parseSchedule(text: string): Schedule {
  const [, zone, rest = ""] = /^\s*(?:(?:CRON_)?TZ=(\S*)\s+)?(.*?)\s*$/s.exec(text) ?? [];
  const invalid = (what: string, hint: string) =>
    new FerryError("CONFIG_INVALID", `Schedule "${text}" is not valid: ${what}`, { hint });
  if (zone !== undefined && !isTimeZone(zone)) {
    throw invalid(`time zone "${zone}" is not known`, "use a name such as Europe/Berlin or UTC");
  }
  const every = /^@every\s+(.*)$/s.exec(rest)?.[1];
  if (every !== undefined) {
    const interval = parseDuration(every);
    if (interval === undefined || interval < SHORTEST) {
      throw invalid(`"${every}" is no duration of a second or more`, "use for example @every 1h30m");
    }
    return { text, next: (after) => after + Math.floor(interval / 1000) * 1000 };
  }
  if (rest.startsWith("@") && !NAMES.includes(rest)) {
    throw invalid(`"${rest}" is not known`, `use one of ${NAMES.join(", ")} or @every DURATION`);
  }
  const fields = rest.split(/\s+/).filter((field) => field !== "").length;
  if (!rest.startsWith("@") && fields !== 5) throw invalid(`five fields are needed, there are ${fields}`, FIELDS);
  let next: Schedule["next"];
  try {
    next = compileCron(rest, zone);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message.replace(/^CronPattern: /, "") : String(cause);
    throw invalid(lowerFirst(words), FIELDS);
  }
  if (next(Date.UTC(2024, 0, 1)) === undefined) {
    throw invalid("there is no such day", "check the day of month against the month");
  }
  return { text, next };
}

/** A schedule with the same time between the starts of all runs, in milliseconds; a second is the least. */
export function everySchedule(milliseconds: number): Schedule {
  const interval = Math.max(SHORTEST, milliseconds);
  return { text: `@every ${formatDuration(interval)}`, next: (after) => after + interval };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1).replace(/\.$/, "");
}
