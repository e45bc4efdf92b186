import assert from "node:assert/strict";
import { CopyRun, once, RecentMap } from "./run.ts";

Deno.test("what was not asked for the longest time is forgotten first", () => {
  const map = new RecentMap<number>(2);
  map.set("a", 1).set("b", 2);
  assert.equal(map.get("a"), 1);
  map.set("c", 3);
  assert.deepEqual([...map.keys()], ["a", "c"]);
});

Deno.test("what was set too long ago is forgotten, also when it was asked for in between", () => {
  let now = 1000;
  const map = new RecentMap<number>(2, { milliseconds: 10, now: () => now });
  map.set("a", 1);
  now += 9;
  assert.equal(map.get("a"), 1);
  now += 1;
  assert.equal(map.get("a"), undefined);
  assert.equal(map.size, 0);
  map.set("a", 2);
  assert.equal(map.get("a"), 2);
});

Deno.test("a run keeps lists of referrers only where it keeps things for a time", async () => {
  assert.equal(new CopyRun().referrers, undefined);
  let now = 0;
  const run = new CopyRun({ manifests: 1, keep: { milliseconds: 10, now: () => now } });
  let asked = 0;
  const ask = () => once(run.referrers!, "place@digest", () => Promise.resolve([]).finally(() => asked++));
  await ask();
  await ask();
  assert.equal(asked, 1);
  now = 10;
  await ask();
  assert.equal(asked, 2);
});
