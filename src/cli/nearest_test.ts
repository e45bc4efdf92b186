import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, nearest, suggestion } from "./nearest.ts";

Deno.test("editDistance counts inserts, deletes, replacements and swaps", () => {
  const cases: [string, string, number][] = [
    ["", "", 0],
    ["copy", "copy", 0],
    ["", "abc", 3],
    ["copy", "cpoy", 1],
    ["delete", "delte", 1],
    ["ls", "list", 2],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ];
  for (const [a, b, distance] of cases) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
});

Deno.test("editDistance is symmetric, zero for equal words only, and never more than the longer word", () => {
  fc.assert(fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
    const distance = editDistance(a, b);
    assert.equal(distance, editDistance(b, a));
    assert.equal(distance === 0, a === b);
    assert.ok(distance <= Math.max(a.length, b.length));
  }));
});

Deno.test("nearest finds what was meant and nothing far off", () => {
  const known = ["copy", "delete", "digest", "inspect", "ls"];
  assert.equal(nearest("cpy", known), "copy");
  assert.equal(nearest("DELTE", known), "delete");
  assert.equal(nearest("insp", known), "inspect");
  assert.equal(nearest("lz", known), "ls");
  assert.equal(nearest("frobnicate", known), undefined);
  assert.equal(nearest("x", []), undefined);
});

Deno.test("suggestion names the nearest, or says what else helps", () => {
  assert.equal(suggestion("limt", ["limit"], "other", "--"), 'did you mean "--limit"?');
  assert.equal(suggestion("zzz", ["limit"], "other"), "other");
});
