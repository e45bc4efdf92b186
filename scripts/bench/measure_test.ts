import assert from "node:assert/strict";
import { delayLine } from "./delay.ts";
import { inTurns, median, take } from "./measure.ts";
import { rowText, verdict } from "./row.ts";

Deno.test("the median is the middle one", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

Deno.test("contenders take turns, and warm runs do not count", async () => {
  const order: string[] = [];
  const contender = (name: string, seconds: number) => ({
    before: () => Promise.resolve(void order.push(`before ${name}`)),
    run: () => Promise.resolve({ seconds: order.length <= 2 ? 100 : seconds, peak: 0 }),
  });
  assert.deepEqual(await inTurns([contender("a", 1), contender("b", 2)], 2), [1, 2]);
  assert.deepEqual(order.map((line) => line.slice(-1)).join(""), "baabba");
});

Deno.test("a run gives its time and its peak memory, and a failure what was printed", async () => {
  const env = { PATH: "/usr/bin:/bin" };
  const { seconds, peak } = await take({ words: ["sleep", "0.1"], env }, true);
  assert.ok(seconds >= 0.1);
  assert.ok(Deno.build.os !== "linux" || peak > 0.1);
  await assert.rejects(take({ words: ["sh", "-c", "echo no luck >&2; exit 3"], env }), /ended with 3\nno luck/);
});

Deno.test("a verdict holds the figure against limit and aim", () => {
  const row = { what: "x", ours: "1 s", peer: "2 s", limit: 1, aim: 0.8 };
  assert.equal(verdict({ ...row, figure: 0.5 }), "ok");
  assert.equal(verdict({ ...row, figure: 0.9 }), "ok, aim missed");
  assert.equal(verdict({ ...row, figure: 1.1 }), "OVER");
  assert.match(verdict({ ...row, figure: undefined }), /^skipped/);
  assert.match(rowText({ ...row, figure: 0.5 }), /^x +1 s +2 s +0.5 +1 +0.8 +ok$/);
});

Deno.test("a delay line keeps bytes for their time, and pieces do not wait for each other", async () => {
  const start = performance.now();
  const came: number[] = [];
  const pieces = new TransformStream<Uint8Array, Uint8Array>();
  const sent = new WritableStream<Uint8Array>({
    write() {
      came.push(performance.now() - start);
    },
  });
  const line = delayLine(pieces.readable, sent, 100, start + 50);
  const writer = pieces.writable.getWriter();
  for (let piece = 0; piece < 20; piece++) await writer.write(new Uint8Array(10));
  await writer.close();
  await line;
  assert.equal(came.length, 20);
  assert.ok(came[0]! >= 149, `first piece after ${came[0]} ms`);
  // One after the other they would take 20 times 100 ms.
  assert.ok(came[19]! < 1500, `last piece after ${came[19]} ms`);
});
