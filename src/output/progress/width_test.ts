import assert from "node:assert/strict";
import fc from "fast-check";
import { fitWidth, plainText, textWidth } from "./width.ts";

Deno.test("textWidth counts the columns of a terminal", () => {
  const cases: [string, number][] = [
    ["", 0],
    ["app:v1", 6],
    ["é", 1],
    ["e\u0301", 1],
    ["図書館", 6],
    ["한국", 4],
    ["ｆｕｌｌ", 8],
    ["😀", 2],
    ["a\u200db", 2],
    ["𠀀", 2],
  ];
  for (const [text, width] of cases) assert.equal(textWidth(text), width, text);
});

Deno.test("fitWidth never takes more columns than there are, and cuts only what does not fit", () => {
  assert.equal(fitWidth("registry/app", 12), "registry/app");
  assert.equal(fitWidth("registry/app", 9), "registry~");
  assert.equal(fitWidth("図書館", 4), "図~");
  assert.equal(fitWidth("図書館", 1), "~");
  assert.equal(fitWidth("x", 0), "");
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.nat({ max: 20 }), (text, columns) => {
    const shown = plainText(text);
    const fitted = fitWidth(shown, columns);
    assert.ok(textWidth(fitted) <= columns);
    if (textWidth(shown) <= columns) assert.equal(fitted, shown);
  }));
});

Deno.test("plainText lets nothing through that steers a terminal", () => {
  assert.equal(plainText("a\x1b[2Jb\u009bc\r\n\u202e"), "a?[2Jb?c???");
  assert.equal(plainText("図書館/app:v1"), "図書館/app:v1");
});
