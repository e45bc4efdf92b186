import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import glue from "wasmoon/dist/glue.wasm" with { type: "bytes" };
import { luaBytes } from "./wasm_bytes.ts";

Deno.test("of the module one byte is changed, in the one place that tells floats from whole numbers", () => {
  const [before, after] = [Buffer.from(glue), luaBytes()];
  const wanted = "-0123456789\0";
  const at = before.indexOf(wanted);
  assert.ok(at > 0);
  assert.equal(before.indexOf(wanted, at + 1), -1);
  assert.deepEqual([...after.keys()].filter((one) => after[one] !== before[one]), [at + 1]);
});
