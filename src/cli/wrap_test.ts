import assert from "node:assert/strict";
import fc from "fast-check";
import { wrap, wrapParagraphs } from "./wrap.ts";

Deno.test("wrap fills lines and never passes the width, except with one long word", () => {
  assert.deepEqual(wrap("a bb ccc", 4), ["a bb", "ccc"]);
  assert.deepEqual(wrap("  a\n b ", 80), ["a b"]);
  assert.deepEqual(wrap("longer x", 3), ["longer", "x"]);
  assert.deepEqual(wrap("", 5), []);
  const word = fc.stringMatching(/^[a-z]{1,9}$/);
  fc.assert(fc.property(fc.array(word), fc.integer({ min: 1, max: 20 }), (words, width) => {
    const lines = wrap(words.join(" "), width);
    assert.deepEqual(lines.flatMap((line) => line.split(" ")), words);
    for (const [at, line] of lines.entries()) {
      assert.ok(line.length <= width || !line.includes(" "));
      const next = lines[at + 1]?.split(" ")[0];
      assert.ok(next === undefined || line.length + 1 + next.length > width, "a word more would have fitted");
    }
  }));
});

Deno.test("wrapParagraphs joins lines, and leaves what is set in", () => {
  assert.equal(wrapParagraphs("one\ntwo\n\nthree", 80), "one two\n\nthree");
  assert.equal(wrapParagraphs("see\n\n  ferry  x\n  y\n\nend", 5), "see\n\n  ferry  x\n  y\n\nend");
  assert.equal(wrapParagraphs("", 5), "");
});
