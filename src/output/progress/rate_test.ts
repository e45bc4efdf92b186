import assert from "node:assert/strict";
import { Rate } from "./rate.ts";

Deno.test("a rate is the average over the last five seconds", () => {
  const rate = new Rate(0);
  assert.equal(rate.perSecond, undefined);
  rate.sample(100, 1000);
  assert.equal(rate.perSecond, undefined, "too early to say");
  for (let time = 200; time <= 10_000; time += 100) rate.sample(time, time * 10);
  assert.equal(rate.perSecond, 10_000);
  for (let time = 10_100; time <= 12_500; time += 100) rate.sample(time, 100_000);
  assert.ok(Math.abs(rate.perSecond! - 5000) < 200, `half of the window stood still: ${rate.perSecond}`);
  for (let time = 12_600; time <= 16_000; time += 100) rate.sample(time, 100_000);
  assert.equal(rate.perSecond, 0);
});

Deno.test("a count that goes back does not grow, and few samples are as good as many", () => {
  const rate = new Rate(0, 500);
  rate.sample(1000, 0);
  assert.equal(rate.perSecond, 0);
  const seldom = new Rate(0);
  seldom.sample(60_000, 600);
  assert.equal(seldom.perSecond, 10);
  seldom.sample(120_000, 6600);
  assert.equal(seldom.perSecond, 100);
});
