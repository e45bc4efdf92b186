import assert from "node:assert/strict";
import { GoTime } from "./time_value.ts";

Deno.test("times are read by layouts", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["2006-01-02", "2020-02-29", "2020-02-29 00:00:00 +0000 UTC"],
    ["2006 002", "2024 060", "2024-02-29 00:00:00 +0000 UTC"],
    ["2006 __2", "2023  60", "2023-03-01 00:00:00 +0000 UTC"],
    ["Jan _2 3:04PM 06", "Nov  9 12:05AM 69", "1969-11-09 00:05:00 +0000 UTC"],
    ["15:04:05", "01:02:03,25", "0000-01-01 01:02:03.25 +0000 UTC"],
    ["2006-01-02 MST", "2020-01-02 GMT+3", "2020-01-02 00:00:00 +0300 GMT+3"],
    ["2006-01-02T15:04:05Z0700", "2020-01-02T00:00:00-0345", "2020-01-02 00:00:00 -0345 -0345"],
  ];
  for (const [layout, value, want] of cases) assert.equal(GoTime.parse(layout, value).text(), want, value);
});

Deno.test("a time that does not fit its layout is refused in Go's words", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["2006", "x", 'parsing time "x" as "2006": cannot parse "x" as "2006"'],
    ["2006-01-02", "2023-02-29", 'parsing time "2023-02-29": day out of range'],
    ["15:04", "24:00", 'parsing time "24:00": hour out of range'],
    ["2006", "2020x", 'parsing time "2020x": extra text: "x"'],
    ["2006-01", "2020/01", 'parsing time "2020/01" as "2006-01": cannot parse "/01" as "-"'],
    ["2006 002", "2023 366", 'parsing time "2023 366": day-of-year out of range'],
  ];
  for (const [layout, value, message] of cases) assert.throws(() => GoTime.parse(layout, value), { message });
});
