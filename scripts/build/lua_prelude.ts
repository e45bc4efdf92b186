/**
 * Compiles the prelude of scripts, which takes the machine longer than most scripts do.
 *
 * @module
 */
import type { Plugin } from "esbuild";
import { Machine } from "../../src/lua/machine.ts";
import { PRELUDE } from "../../src/lua/prelude.ts";
import { addFunction } from "../../src/lua/trampoline.ts";
import { luaBytes } from "../../src/lua/wasm_bytes.ts";

const MEMORY = 64 * 1024 * 1024;

/** Puts the compiled prelude into `src/lua/prelude_chunk.ts`. */
export function luaPrelude(): Plugin {
  return {
    name: "lua-prelude",
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/]lua[\\/]prelude_chunk\.ts$/ }, () => ({
        contents: `export const PRELUDE_CHUNK = Uint8Array.fromBase64(${
          JSON.stringify(compiledPrelude().toBase64())
        });`,
        loader: "js",
      }));
    },
  };
}

/** The prelude in the machine's own form, with the names and lines that messages show (Lua 5.4 manual, `lua_dump`). */
export function compiledPrelude(): Uint8Array {
  const machine = new Machine(new WebAssembly.Module(luaBytes()), MEMORY);
  const { c, state } = machine;
  const wrong = machine.load(state, new TextEncoder().encode(PRELUDE), "=prelude");
  if (wrong !== undefined) throw new Error(wrong);
  const bytes: number[] = [];
  const write = (_: number, from = 0, size = 0) => {
    bytes.push(...machine.memory.subarray(from, from + size));
    return 0;
  };
  if (c.lua_dump(state, addFunction(c.__indirect_function_table, write, 4, true), 0, 0) !== 0) {
    throw new Error("The prelude could not be compiled");
  }
  return new Uint8Array(bytes);
}
