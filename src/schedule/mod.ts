/**
 * When something runs again, and a loop that runs it.
 *
 * @module
 */
export type { Schedule } from "./schedule.ts";
export { everySchedule, parseSchedule } from "./parse.ts";
export { runOnSchedule, type RunOptions as ScheduleRunOptions, type ScheduledJob } from "./run.ts";
export { watchFile, type WatchOptions } from "./watch_file.ts";
