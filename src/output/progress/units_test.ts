import assert from "node:assert/strict";
import fc from "fast-check";
import { percent, shortRate, shortSize, shortTime, SIZE_WIDTH, TIME_WIDTH, tookTime } from "./units.ts";

Deno.test("sizes have three digits", () => {
  const cases: [number, string][] = [
    [-5, "0 B"],
    [0, "0 B"],
    [999, "999 B"],
    [999.7, "1.00 kB"],
    [1000, "1.00 kB"],
    [9994, "9.99 kB"],
    [9995, "10.0 kB"],
    [99_950, "100 kB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [45_600_000, "45.6 MB"],
    [1e18, "1.00 EB"],
  ];
  for (const [bytes, text] of cases) assert.equal(shortSize(bytes), text, `${bytes}`);
  assert.equal(shortRate(12_300_000), "12.3 MB/s");
});

Deno.test("times are short, and get coarser", () => {
  const cases: [number, string][] = [
    [0, "0:00"],
    [7.4, "0:07"],
    [59.6, "1:00"],
    [754, "12:34"],
    [3599, "59:59"],
    [3600, "1h00m"],
    [35_999, "9h59m"],
    [36_000, "10h"],
    [360_000, "4d"],
    [1e12, "9999d"],
  ];
  for (const [seconds, text] of cases) assert.equal(shortTime(seconds), text, `${seconds}`);
  const took: [number, string][] = [[0, "0.0s"], [449, "0.4s"], [59_949, "59.9s"], [59_960, "1m00s"], [
    3_725_000,
    "1h02m05s",
  ]];
  for (const [milliseconds, text] of took) assert.equal(tookTime(milliseconds), text, `${milliseconds}`);
});

Deno.test("no size and no time is wider than its column", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1e20, noNaN: true }), (value) => {
    assert.ok(shortSize(value).length <= SIZE_WIDTH, shortSize(value));
    assert.ok(shortTime(value).length <= TIME_WIDTH, shortTime(value));
  }));
});

Deno.test("percent is 100 only at the end", () => {
  assert.deepEqual([percent(0, 10), percent(9999, 10_000), percent(10, 10), percent(0, 0), percent(-1, 10)], [
    0,
    99,
    100,
    100,
    0,
  ]);
});
