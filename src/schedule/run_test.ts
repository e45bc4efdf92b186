import assert from "node:assert/strict";
import type { Clock } from "../plugin.ts";
import { everySchedule, parseSchedule } from "./parse.ts";
import { runOnSchedule } from "./run.ts";

/** A clock on which a sleep takes no time but moves the hands. */
class FakeClock implements Clock {
  time: number;
  constructor(time: number) {
    this.time = time;
  }
  now(): number {
    return this.time;
  }
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.time += milliseconds;
    return Promise.resolve();
  }
}

const HOUR = 3_600_000;

Deno.test("a job runs at its times, over simulated days", async () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const controller = new AbortController();
  const runs: string[] = [];
  await runOnSchedule({
    schedule: parseSchedule("CRON_TZ=UTC 0 */6 * * *"),
    run: () => {
      runs.push(new Date(clock.now()).toISOString().slice(0, 16));
      if (runs.length === 12) controller.abort();
      return Promise.resolve();
    },
  }, { clock, signal: controller.signal });
  assert.equal(runs.length, 12);
  assert.deepEqual(runs.slice(0, 2), ["2026-01-01T06:00", "2026-01-01T12:00"]);
  assert.equal(runs[11], "2026-01-04T00:00");
});

Deno.test("a job that takes long does not overlap itself: the times that passed are skipped and told", async () => {
  const clock = new FakeClock(0);
  const controller = new AbortController();
  const starts: number[] = [];
  const skipped: number[] = [];
  let running = 0;
  await runOnSchedule({
    schedule: parseSchedule("CRON_TZ=UTC 0 * * * *"),
    run: async () => {
      assert.equal(++running, 1);
      starts.push(clock.now() / HOUR);
      await clock.sleep(2.5 * HOUR);
      running--;
      if (starts.length === 3) controller.abort();
    },
    onSkipped: (times) => skipped.push(times),
  }, { clock, signal: controller.signal });
  assert.deepEqual(starts, [1, 4, 7]);
  assert.deepEqual(skipped, [2, 2, 2]);
});

Deno.test("a failure is told and the next run comes; without a listener it ends the loop", async () => {
  const clock = new FakeClock(0);
  const controller = new AbortController();
  const errors: unknown[] = [];
  let runs = 0;
  const run = () => {
    if (++runs === 3) controller.abort();
    return Promise.reject(new Error(`run ${runs}`));
  };
  const schedule = everySchedule(HOUR);
  await runOnSchedule({ schedule, run, onError: (error) => errors.push(String(error)) }, {
    clock,
    signal: controller.signal,
  });
  assert.deepEqual(errors, ["Error: run 1", "Error: run 2"]);
  await assert.rejects(
    runOnSchedule({ schedule, run: () => Promise.reject(new Error("broken")) }, {
      clock,
      signal: new AbortController().signal,
    }),
    { message: "broken" },
  );
});

Deno.test("a stop while waiting ends the loop without a run", async () => {
  const controller = new AbortController();
  const clock: Clock = {
    now: () => 0,
    sleep: (_milliseconds, signal) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true })),
  };
  let next: number | undefined;
  const loop = runOnSchedule({
    schedule: everySchedule(HOUR),
    run: () => assert.fail("must not run"),
    onNext: (time) => next = time,
  }, { clock, signal: controller.signal });
  controller.abort(new Error("stop"));
  await loop;
  assert.equal(next, HOUR);
});

Deno.test("a schedule without a further time ends the loop", async () => {
  const clock = new FakeClock(0);
  let runs = 0;
  await runOnSchedule({
    schedule: { text: "once", next: (after) => after < 10 ? 10 : undefined },
    run: () => {
      runs++;
      return Promise.resolve();
    },
  }, { clock, signal: new AbortController().signal });
  assert.equal(runs, 1);
});
