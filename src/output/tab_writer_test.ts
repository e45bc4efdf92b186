import assert from "node:assert/strict";
import fc from "fast-check";
import { descriptorSize, humanSize } from "./human_size.ts";
import { alignTabs } from "./tab_writer.ts";

Deno.test("alignTabs pads each column to its widest cell", () => {
  assert.equal(alignTabs("a:\tx\nlong:\ty\n"), "a:    x\nlong: y\n");
});

Deno.test("alignTabs pads empty cells, so that label-only lines end in blanks", () => {
  assert.equal(alignTabs("Layers:\t\n\t\n  Digest:\tx\n"), "Layers:   \n          \n  Digest: x\n");
});

Deno.test("alignTabs starts a new column block after a line without the cell", () => {
  assert.equal(alignTabs("aaaa\tx\nplain\nb\ty\n"), "aaaa x\nplain\nb y\n");
  assert.equal(alignTabs("a\tb\tc\naa\tbbb\td\ne\tf\n"), "a  b   c\naa bbb d\ne  f\n");
});

Deno.test("alignTabs counts characters, not bytes or code units", () => {
  assert.equal(alignTabs("é😀\tx\nabcd\ty\n"), "é😀   x\nabcd y\n");
});

Deno.test("alignTabs keeps the text: without blanks and tabs nothing changes", () => {
  const cell = fc.stringMatching(/^[a-z]{0,4}$/);
  fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (rows) => {
    const text = rows.map((row) => row.join("\t")).join("\n");
    const bare = (value: string) => value.replace(/[ \t]/g, "");
    assert.equal(bare(alignTabs(text)), bare(text));
  }));
});

Deno.test("humanSize counts in powers of 1000 with three decimals", () => {
  const cases: [number, string][] = [
    [0, "0.000B"],
    [209, "209.000B"],
    [999, "999.000B"],
    [1000, "1.000kB"],
    [3_418_000, "3.418MB"],
    [5e9, "5.000GB"],
    [1.5e12, "1.500TB"],
  ];
  for (const [bytes, text] of cases) assert.equal(humanSize(bytes), text);
});

Deno.test("descriptorSize is the plain number up to 100000", () => {
  assert.equal(descriptorSize(100_000), "100000B");
  assert.equal(descriptorSize(100_001), "100.001kB");
});
