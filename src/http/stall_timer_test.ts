import assert from "node:assert/strict";
import { StallTimer } from "./stall_timer.ts";

Deno.test("what takes too long is told once, what ended before is not", async () => {
  const stall = new StallTimer(40);
  const told: string[] = [];
  const over = new Promise<void>((resolve) => {
    stall.limit(() => {
      told.push("late");
      resolve();
    });
  });
  const end = stall.limit(() => told.push("ended"));
  end();
  await over;
  assert.deepEqual(told, ["late"]);
});

Deno.test("the timer stops when nothing waits any more, and starts anew with the next", async () => {
  const stall = new StallTimer(40);
  const told: number[] = [];
  const start = (at: number) =>
    new Promise<void>((resolve) => {
      stall.limit(() => {
        told.push(at);
        resolve();
      });
    });
  await start(0);
  await Promise.all([start(1), start(2)]);
  // A timer that went on would be reported when this test ends.
  assert.deepEqual(told, [0, 1, 2]);
});

Deno.test("whoever looks is asked again until it has seen enough", async () => {
  const stall = new StallTimer(40, false);
  let looks = 0;
  await new Promise<void>((resolve) => {
    const alive = setTimeout(() => {}, 60_000);
    const end = stall.watch(() => {
      if (++looks < 3) return;
      end();
      clearTimeout(alive);
      resolve();
    });
  });
  assert.equal(looks, 3);
});
