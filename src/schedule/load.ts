/**
 * Loads schedules when they are asked for: no other command pays for them.
 *
 * @module
 */

/** The parts of schedules. */
export type ScheduleModule = typeof import("./mod.ts");

/** Loads them. */
export function loadSchedule(): Promise<ScheduleModule> {
  return import("./mod.ts");
}
