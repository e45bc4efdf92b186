import assert from "node:assert/strict";
import fc from "fast-check";
import { indentJson } from "./json_text.ts";

Deno.test("order, numbers and escapes stay as they are", () => {
  const text =
    ' {"b" : [ ] , "a":{ }, "c":[12345678901234567890,2.50e+10,-0,{"x":null,"\\"y\\\\":"\\u00e9 , [] {}:"}] } ';
  assert.equal(
    indentJson(text),
    '{\n  "b": [],\n  "a": {},\n  "c": [\n    12345678901234567890,\n    2.50e+10,\n    -0,\n    {\n      "x": null,\n' +
      '      "\\"y\\\\": "\\u00e9 , [] {}:"\n    }\n  ]\n}',
  );
  assert.equal(indentJson(new TextEncoder().encode(' "é" ')), '"é"');
  assert.equal(indentJson("12"), "12");
});

Deno.test("any value is indented as JSON.stringify does it", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 4, "\t"), (value, space) => {
    assert.equal(indentJson(JSON.stringify(value, undefined, space)), JSON.stringify(value, undefined, 2));
  }));
});

Deno.test("text that is no JSON is refused", () => {
  for (const text of ["", "{", "[1,]", '{"a":1,}', "01", '"\t"', "nul", "[1]]", "\ufeff1"]) {
    assert.throws(() => indentJson(text), { code: "MANIFEST_INVALID" }, text);
  }
  assert.throws(() => indentJson(Uint8Array.of(0x22, 0xff, 0x22)), { code: "MANIFEST_INVALID" });
});

Deno.test("nesting that would make the result huge is refused", () => {
  const deep = "[".repeat(9000) + "1,".repeat(100_000) + "1" + "]".repeat(9000);
  assert.throws(() => indentJson(deep), { code: "MANIFEST_TOO_LARGE" });
  assert.throws(() => indentJson("[".repeat(20_000) + "]".repeat(20_000)), { code: "MANIFEST_TOO_LARGE" });
});
