/**
 * Keys that say when something runs.
 *
 * @module
 */
import { DURATION, type DurationShape, type Key, textOf, type TextShape } from "./shape.ts";

/** `interval` and `schedule`: what a server runs by. */
export const WHEN_KEYS: { readonly interval: Key<DurationShape>; readonly schedule: Key<TextShape> } = {
  interval: { shape: DURATION, summary: "time between two runs of the server, for example 60m" },
  schedule: {
    shape: textOf("schedule"),
    summary: "cron expression of the server's runs, instead of interval; CRON_TZ=ZONE before it gives the time zone",
  },
};
