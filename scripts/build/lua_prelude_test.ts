import assert from "node:assert/strict";
import { Machine } from "../../src/lua/machine.ts";
import { luaBytes } from "../../src/lua/wasm_bytes.ts";
import { compiledPrelude } from "./lua_prelude.ts";

Deno.test("the compiled prelude is one that the machine takes, where it is allowed to, and always the same", () => {
  const chunk = compiledPrelude();
  assert.deepEqual(compiledPrelude(), chunk);
  const machine = new Machine(new WebAssembly.Module(luaBytes()), 64 * 1024 * 1024);
  assert.equal(machine.load(machine.state, chunk, "=prelude", "bt"), undefined);
  assert.match(machine.load(machine.state, chunk, "=prelude") ?? "", /attempt to load a binary chunk/);
});
