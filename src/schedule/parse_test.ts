import assert from "node:assert/strict";
import { everySchedule, parseSchedule } from "./parse.ts";

/** The next times, as ISO texts to the second. */
function times(text: string, from: string, count: number): string[] {
  const schedule = parseSchedule(text);
  const found: string[] = [];
  for (let time: number | undefined = Date.parse(from); found.length < count && time !== undefined;) {
    time = schedule.next(time);
    if (time !== undefined) found.push(new Date(time).toISOString().replace(".000Z", "Z"));
  }
  return found;
}

Deno.test("schedules give their next times", () => {
  const cases: [string, string, string[]][] = [
    ["CRON_TZ=UTC 15 01 * * *", "2026-01-01T01:15:00Z", ["2026-01-02T01:15:00Z", "2026-01-03T01:15:00Z"]],
    ["TZ=UTC */20 * * * *", "2026-01-01T00:00:00.5Z", ["2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z"]],
    ["CRON_TZ=UTC 5/20 1 * * *", "2026-01-01T00:00:00Z", ["2026-01-01T01:05:00Z", "2026-01-01T01:25:00Z"]],
    ["CRON_TZ=UTC 0 0 1 * mon", "2026-01-01T00:00:00Z", ["2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z"]],
    ["CRON_TZ=UTC 0 0 29 2 ?", "2026-01-01T00:00:00Z", ["2028-02-29T00:00:00Z"]],
    ["CRON_TZ=UTC @weekly", "2026-01-01T00:00:00Z", ["2026-01-04T00:00:00Z"]],
    ["@every 1h30m", "2026-01-01T00:00:10Z", ["2026-01-01T01:30:10Z", "2026-01-01T03:00:10Z"]],
    ["  @every 90s  ", "2026-01-01T00:00:00Z", ["2026-01-01T00:01:30Z"]],
    // The clock goes forward at 02:00 local time on 29 March.
    ["CRON_TZ=Europe/Berlin 0 3 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"]],
    // And back at 03:00 on 25 October: half past two comes twice, the run once.
    [
      "CRON_TZ=Europe/Berlin 30 2 * * *",
      "2026-10-24T12:00:00Z",
      ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    ],
  ];
  for (const [text, from, expected] of cases) assert.deepEqual(times(text, from, expected.length), expected, text);
});

Deno.test("the next time is strictly later", () => {
  for (const text of ["CRON_TZ=UTC * * * * *", "@every 1s", "@hourly"]) {
    const schedule = parseSchedule(text);
    for (const from of [0, 59_999, 60_000, 1_767_225_600_000]) assert.ok((schedule.next(from) ?? 0) > from, text);
  }
  assert.equal(everySchedule(60_000).next(5), 60_005);
  assert.equal(everySchedule(60_000).text, "@every 1m0s");
  assert.equal(everySchedule(1).next(0), 1000);
});

Deno.test("schedules that are not valid say why", () => {
  const cases: [string, RegExp][] = [
    ["", /there are 0/],
    ["60 * * * *", /minute: 60/],
    ["* * * * * *", /there are 6/],
    ["@every", /"@every" is not known/],
    ["@every 5", /"5" is no duration/],
    ["@every 0s", /"0s" is no duration/],
    ["@every -5m", /no duration/],
    ["@reboot", /"@reboot" is not known/],
    ["CRON_TZ=Mars/Base 0 3 * * *", /time zone "Mars\/Base"/],
    ["CRON_TZ= 0 3 * * *", /time zone ""/],
    ["0 0 31 2 *", /no such day/],
    ["*/0 * * * *", /stepping: 0/],
    ["every day", /there are 2/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseSchedule(text), { name: "FerryError", code: "CONFIG_INVALID", message }, text);
  }
});
