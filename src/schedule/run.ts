/**
 * Runs a job each time its schedule says so; a job never overlaps itself.
 *
 * @module
 */
import type { Clock } from "../plugin.ts";
import type { Schedule } from "./schedule.ts";

/** A job and when it runs. */
export interface ScheduledJob {
  /** When it runs. */
  readonly schedule: Schedule;
  /** The work. Times that pass while it is at work are skipped. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Told how often the schedule's time passed while the job was at work. */
  readonly onSkipped?: (times: number) => void;
  /** Told of a run that failed; without it a failure ends the loop. */
  readonly onError?: (error: unknown) => void;
  /** Told when the next run is, in milliseconds since 1970. */
  readonly onNext?: (time: number) => void;
}

/** What the loop works with. */
export interface RunOptions {
  /** Time. */
  readonly clock: Clock;
  /** Ends the loop: no run is started any more. The run at work gets it too. */
  readonly signal: AbortSignal;
}

/** Longest single wait: a machine that slept wakes up to the right time soon after. */
const LONGEST_WAIT = 60_000;
/** Most skipped times that are counted. */
const MOST_SKIPPED = 1000;

/** Runs a job by its schedule until the signal says stop or there is no further time; ends with the run at work. */
export async function runOnSchedule(job: ScheduledJob, { clock, signal }: RunOptions): Promise<void> {
  const { onError, onNext, onSkipped, run, schedule } = job;
  let next = schedule.next(clock.now());
  while (next !== undefined && !signal.aborted) {
    onNext?.(next);
    if (!await waitUntil(next, clock, signal)) return;
    try {
      await run(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (onError === undefined) throw error;
      onError(error);
    }
    const now = clock.now();
    const skipped = countUntil(schedule, next, now);
    if (skipped > 0) onSkipped?.(skipped);
    next = schedule.next(now);
  }
}

/** True when the time came, false when the signal did. */
async function waitUntil(time: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  for (let left = time - clock.now(); left > 0; left = time - clock.now()) {
    try {
      await clock.sleep(Math.min(left, LONGEST_WAIT), signal);
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }
  return !signal.aborted;
}

function countUntil(schedule: Schedule, from: number, until: number): number {
  let count = 0;
  for (let time = schedule.next(from); time !== undefined && time <= until; time = schedule.next(time)) {
    if (++count === MOST_SKIPPED) break;
  }
  return count;
}
