import { deepEqual, equal } from "node:assert/strict";
import { Throttle } from "./throttle.ts";

/** Whether a promise is settled once everything that can run now has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => settled = true, () => settled = true);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return settled;
}

Deno.test("Throttle holds back what is over a host's limit", async () => {
  const throttle = new Throttle();
  throttle.limit("a", 2);
  const first = await throttle.acquire(["a"]);
  await throttle.acquire(["a"]);
  const third = throttle.acquire(["a"]);
  equal(await isSettled(third), false);
  first.release();
  first.release();
  deepEqual((await third).hosts, ["a"]);
  equal(await isSettled(throttle.acquire(["a"])), false);
});

Deno.test("Throttle lets transfers in opposite directions never wait for each other", async () => {
  const throttle = new Throttle();
  throttle.limit("a", 1);
  throttle.limit("b", 1);
  const done: string[] = [];
  await Promise.all(Array.from({ length: 20 }, async (_, at) => {
    const lease = await throttle.acquire(at % 2 === 0 ? ["a", "b"] : ["b", "a"]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    done.push(String(at));
    lease.release();
  }));
  equal(done.length, 20);
});

Deno.test("Throttle gives a transfer within one host two places, or one where there is one", async () => {
  const throttle = new Throttle();
  throttle.limit("a", 1);
  deepEqual((await throttle.acquire(["a", "a"])).hosts, ["a"]);
  throttle.limit("b", 3);
  deepEqual((await throttle.acquire(["b", "b"])).hosts, ["b", "b"]);
  equal(await isSettled(throttle.acquire(["b", "b"])), false);
});

Deno.test("Throttle does not let small requests starve one that wants two hosts", async () => {
  const throttle = new Throttle();
  throttle.limit("a", 1);
  throttle.limit("b", 1);
  const holding = await throttle.acquire(["a"]);
  const both = throttle.acquire(["a", "b"]);
  const later = throttle.acquire(["b"]);
  equal(await isSettled(later), false);
  holding.release();
  (await both).release();
  equal(await isSettled(later), true);
});

Deno.test("Throttle forgets a waiter that was stopped", async () => {
  const throttle = new Throttle();
  throttle.limit("a", 1);
  const holding = await throttle.acquire(["a"]);
  const stop = new AbortController();
  const waiting = throttle.acquire(["a"], stop.signal);
  stop.abort(new Error("stopped"));
  equal(await waiting.catch((error: Error) => error.message), "stopped");
  holding.release();
  equal(await isSettled(throttle.acquire(["a"])), true);
});

Deno.test("Throttle spreads requests over time", () => {
  const throttle = new Throttle();
  deepEqual([1, 2, 3].map(() => throttle.turn("a", 10, 1000)), [0, 100, 200]);
  equal(throttle.turn("a", 10, 5000), 0);
  equal(throttle.turn("b", 0, 0), 0);
});
