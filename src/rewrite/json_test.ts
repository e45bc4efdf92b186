import assert from "node:assert/strict";
import fc from "fast-check";
import { isFerryError } from "../errors.ts";
import { jsonBytes, jsonText, readJson } from "./json.ts";
import { CONFIG_SHAPE, INDEX_SHAPE, MANIFEST_SHAPE } from "./shape.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("any JSON object keeps its content", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
    const text = JSON.stringify(value);
    const plain: unknown = JSON.parse(text);
    assert.deepEqual(JSON.parse(jsonText(readJson(encode(text), "Text"))), plain);
    assert.deepEqual(JSON.parse(jsonText(readJson(encode(text), "Text"), "map")), plain);
  }));
});

Deno.test("writing is stable: what was written reads and writes the same", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
    for (const shape of [MANIFEST_SHAPE, INDEX_SHAPE, CONFIG_SHAPE]) {
      const once = jsonBytes(value, shape);
      assert.deepEqual(jsonBytes(readJson(once, "Text"), shape), once);
    }
  }));
});

Deno.test("fields come in the order of their shape, empty ones go, unknown ones stay behind", () => {
  const value = {
    zzz: 1,
    config: { Cmd: null, Labels: { b: "1", a: "<&>" }, Env: [], Hostname: "" },
    history: [{ comment: "", created_by: "x", empty_layer: false }],
    os: "linux",
    variant: "",
    rootfs: { diff_ids: [], type: "layers" },
  };
  assert.equal(
    jsonText(value, CONFIG_SHAPE),
    '{"os":"linux","config":{"Labels":{"a":"\\u003c\\u0026\\u003e","b":"1"},"Hostname":""},' +
      '"rootfs":{"type":"layers","diff_ids":[]},"history":[{"created_by":"x"}],"zzz":1}',
  );
});

Deno.test("numbers keep their digits", () => {
  const text = '{"a":12345678901234567890,"b":1.50,"c":1e3,"d":-0}';
  assert.equal(jsonText(readJson(encode(text), "Text")), '{"a":12345678901234567890,"b":1.50,"c":1000,"d":0}');
});

Deno.test("what is no JSON object is refused", () => {
  for (const text of ["[]", "null", "{", '"x"']) {
    assert.throws(() => readJson(encode(text), "Manifest"), (error) => isFerryError(error, "MANIFEST_INVALID"));
  }
});
