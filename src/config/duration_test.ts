import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDuration, parseDuration } from "./duration.ts";

Deno.test("durations in Go's form", () => {
  const cases: Record<string, number> = {
    "0": 0,
    "0s": 0,
    "-0": 0,
    "1h": 3_600_000,
    "1h30m": 5_400_000,
    "1.5h": 5_400_000,
    "90s": 90_000,
    "300ms": 300,
    ".5s": 500,
    "1.s": 1000,
    "+2m": 120_000,
    "-1m30s": -90_000,
    "1us": 0.001,
    "1µs": 0.001,
    "1μs": 0.001,
    "5ns": 0.000005,
    "1h1m1s1ms": 3_661_001,
    "2562047h": 9_223_369_200_000,
  };
  for (const [text, milliseconds] of Object.entries(cases)) assert.equal(parseDuration(text), milliseconds, text);
});

Deno.test("what is no duration", () => {
  for (
    const text of [
      "",
      "1",
      "h",
      ".s",
      "-",
      "+",
      "1 h",
      "1h ",
      "1d",
      "1h30",
      "1e3s",
      "s1",
      "1.2.3s",
      "1hh",
      "--1s",
      "9999999h",
      "1h\n",
    ]
  ) {
    assert.equal(parseDuration(text), undefined, JSON.stringify(text));
  }
});

Deno.test("durations are written as Go writes them", () => {
  const cases: [number, string][] = [
    [0, "0s"],
    [5_400_000, "1h30m0s"],
    [90_000, "1m30s"],
    [60_000, "1m0s"],
    [1000, "1s"],
    [1500, "1.5s"],
    [1.5, "1.5ms"],
    [0.0015, "1.5µs"],
    [0.000005, "5ns"],
    [-90_000, "-1m30s"],
    [3_661_001, "1h1m1.001s"],
  ];
  for (const [milliseconds, text] of cases) assert.equal(formatDuration(milliseconds), text);
});

Deno.test("property: what is written is read back", () => {
  fc.assert(fc.property(fc.integer({ min: -1e12, max: 1e12 }), (microseconds) => {
    assert.equal(parseDuration(formatDuration(microseconds / 1000)), microseconds / 1000);
  }));
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.hmsnuµ-+ ".split("")) }), (text) => {
    const read = parseDuration(text);
    assert.ok(read === undefined || Number.isFinite(read));
  }));
});
