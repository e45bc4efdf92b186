import assert from "node:assert/strict";
import { type Row, rowText, verdict } from "./row.ts";

const ROW: Row = { what: "a", ours: "1", peer: "2 b", figure: 1, limit: 1.1, aim: 0.9 };

Deno.test("a figure is held against limit and aim, in whichever way is better", () => {
  const of = (figure: number, most: boolean) => verdict({ ...ROW, figure, most });
  assert.deepEqual([0.9, 1, 1.1, 1.2].map((figure) => of(figure, false)), [
    "ok",
    "ok, aim missed",
    "ok, aim missed",
    "OVER",
  ]);
  const more = (figure: number) => verdict({ ...ROW, figure, most: true, limit: 0.8, aim: 1.2 });
  assert.deepEqual([0.7, 0.8, 1.1, 1.2].map(more), ["UNDER", "ok, aim missed", "ok, aim missed", "ok"]);
});

Deno.test("a row without a figure says what is missing", () => {
  const text = rowText({ ...ROW, figure: undefined, peer: undefined, most: true, missing: "wrk" });
  assert.match(text, /^a +1 +- +- +>=1\.1 +>=0\.9 +skipped: wrk is not installed$/);
});
