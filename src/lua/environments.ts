/**
 * What Lua 5.1 calls the environment of a function is an upvalue in 5.4, `_ENV`; functions that have one may share it. These look at
 * it and change it for one function alone. Scripts get at them through `getfenv`, `setfenv` and `module` only.
 *
 * @module
 */
import { type Pointer, type State, TYPE } from "./exports.ts";
import type { Machine } from "./machine.ts";

/** Bytes that a `lua_Debug` takes at most. */
const DEBUG_SIZE = 256;
const NAME = "_ENV\0";

/** Functions that a state's stack is the argument of, by name. */
export function environmentFunctions(machine: Machine): Readonly<Record<string, (state: State) => number>> {
  const { c } = machine;
  let activation: Pointer = 0;

  /** Number of the upvalue of the function at an index, 0 where it has none: it uses no globals, or is C. */
  const find = (state: State, index: number): number => {
    for (let at = 1;; at++) {
      const name = c.lua_getupvalue(state, index, at);
      if (name === 0) return 0;
      c.lua_settop(state, -2);
      const { memory } = machine;
      if ([...NAME].every((char, offset) => memory[name + offset] === char.charCodeAt(0))) return at;
    }
  };

  return {
    /** `(level)`: the function that runs there, or nil; level 1 is who calls. */
    function_at: (state) => {
      if (activation === 0) activation = c.malloc(DEBUG_SIZE);
      const level = c.lua_tonumberx(state, 1, 0);
      if (c.lua_getstack(state, level, activation) === 0) return 0;
      c.lua_getinfo(state, machine.name("f"), activation);
      return 1;
    },
    /** `(function)`: its environment, nothing where it has none of its own. */
    environment: (state) => {
      const at = find(state, 1);
      if (at === 0) return 0;
      c.lua_getupvalue(state, 1, at);
      return 1;
    },
    /**
     * `(function, other)`: the first upvalue of the other becomes the environment; false where there is nothing to change, nil where
     * it cannot be changed.
     */
    set_environment: (state) => {
      if (c.lua_type(state, 1) !== TYPE.function || c.lua_iscfunction(state, 1) !== 0) return 0;
      const at = find(state, 1);
      if (at !== 0) c.lua_upvaluejoin(state, 1, at, 2, 1);
      c.lua_pushboolean(state, at === 0 ? 0 : 1);
      return 1;
    },
  };
}
