import assert from "node:assert/strict";
import { isFerryError } from "../errors.ts";
import { parseCompression } from "./parse_compression.ts";

Deno.test("a compression is read with or without a level", () => {
  assert.deepEqual(parseCompression("none", "compress"), { compression: "none" });
  assert.deepEqual(parseCompression("gzip", "compress"), { compression: "gzip", level: undefined });
  assert.deepEqual(parseCompression("gzip:9", "compress"), { compression: "gzip", level: 9 });
  assert.deepEqual(parseCompression("zstd:19", "compress"), { compression: "zstd", level: 19 });
});

Deno.test("what is no compression or no level is refused with what there is", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["gzip:10", /levels of gzip are 1 to 9/],
    ["gzip:0", /a level follows a colon/],
    ["zstd:20", /levels of zstd are 1 to 19/],
    ["zstd:", /a level follows a colon/],
    ["none:1", /use gzip, zstd or none/],
    ["xz", /use gzip, zstd or none/],
    ["", /use gzip, zstd or none/],
    ["constructor", /use gzip, zstd or none/],
    ["GZIP", /use gzip, zstd or none/],
  ];
  for (const [text, hint] of cases) {
    assert.throws(
      () => parseCompression(text, "compress"),
      (error) =>
        isFerryError(error, "FLAG_INVALID") && hint.test(error.hint ?? "") && error.message.includes(`"${text}"`),
      text,
    );
  }
});
