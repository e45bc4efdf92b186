import { FerryError, parseDuration } from "../../src/mod.ts";

/**
 * Milliseconds of a flag.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function durationOf(flag: string, text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds >= 0) return milliseconds;
  throw new FerryError("FLAG_INVALID", `Flag "--${flag}" must be a time, not "${text}"`, {
    hint: "write it as 90s, 15m or 1h30m",
  });
}

/**
 * Milliseconds of a flag that says how long something may take.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function timeoutOf(flag: string, text: string): number {
  const milliseconds = durationOf(flag, text);
  if (milliseconds > 0) return milliseconds;
  throw new FerryError("FLAG_INVALID", `Flag "--${flag}" must be more than 0`, {
    hint: "write it as 90s, 15m or 1h30m",
  });
}
