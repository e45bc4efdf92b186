/**
 * Values between a machine and the host.
 *
 * @module
 */
import { type State, TYPE } from "./exports.ts";
import type { Machine } from "./machine.ts";
import type { Objects } from "./objects.ts";
import {
  LuaCallable,
  LuaError,
  type LuaFunction,
  LuaLazy,
  LuaObject,
  type LuaRead,
  LuaTable,
  type LuaValue,
} from "./types.ts";

/** Tables inside tables are followed this deep. */
const MAX_DEPTH = 100;

/** Pushes and reads values. */
export class Values {
  readonly #machine: Machine;
  readonly #objects: () => Objects;
  readonly #pushFunction: (state: State, name: string, run: LuaFunction) => void;

  /** Values of a machine. */
  constructor(
    machine: Machine,
    objects: () => Objects,
    pushFunction: (state: State, name: string, run: LuaFunction) => void,
  ) {
    this.#machine = machine;
    this.#objects = objects;
    this.#pushFunction = pushFunction;
  }

  /** Pushes a value; `name` is what a function is called in messages. */
  push(state: State, value: LuaValue, name = "function"): void {
    const { c } = this.#machine;
    if (c.lua_checkstack(state, 8) === 0) throw new LuaError("stack overflow");
    switch (typeof value) {
      case "undefined":
        return c.lua_pushnil(state);
      case "boolean":
        return c.lua_pushboolean(state, value ? 1 : 0);
      case "number":
        return Number.isSafeInteger(value) ? c.lua_pushinteger(state, BigInt(value)) : c.lua_pushnumber(state, value);
      case "bigint":
        return c.lua_pushinteger(state, BigInt.asIntN(64, value));
      case "string":
        return this.#machine.pushText(state, value);
      case "function":
        return this.#pushFunction(state, name, value);
    }
    if (value === null) return c.lua_pushnil(state);
    if (value instanceof Uint8Array) return this.#machine.pushBytes(state, value);
    if (value instanceof LuaObject) return this.#objects().push(state, value);
    if (value instanceof LuaCallable) return this.#pushCallable(state, value, name);
    if (value instanceof LuaLazy) return this.push(state, value.value, name);
    if (Array.isArray(value)) return this.#pushList(state, value);
    this.#pushEntries(state, value instanceof Map ? [...value] : Object.entries(value), name);
  }

  #pushCallable(state: State, { call, entries }: LuaCallable, name: string): void {
    const { c } = this.#machine;
    this.push(state, entries, name);
    this.push(state, new Map<string, LuaValue>([["__call", call], ["__metatable", "function"]]), name);
    c.lua_setmetatable(state, -2);
  }

  #pushList(state: State, values: readonly LuaValue[]): void {
    const { c } = this.#machine;
    c.lua_createtable(state, values.length, 0);
    for (const [at, value] of values.entries()) {
      this.push(state, value);
      c.lua_rawseti(state, -2, BigInt(at + 1));
    }
  }

  #pushEntries(state: State, entries: readonly (readonly [string | number, LuaValue])[], name: string): void {
    const { c } = this.#machine;
    const pushed = new Map<object, string | number>();
    c.lua_createtable(state, 0, entries.length);
    for (const [key, value] of entries) {
      this.push(state, key);
      const before = typeof value === "object" && value !== null ? pushed.get(value) : undefined;
      if (before === undefined) {
        this.push(state, value, `${name}.${key}`);
      } else {
        this.push(state, before);
        c.lua_rawget(state, -3);
      }
      c.lua_rawset(state, -3);
      if (typeof value === "object" && value !== null) pushed.set(value, key);
    }
  }

  /** Reads the value at an index, with all that is in it. */
  read(state: State, index: number): LuaRead {
    return this.#read(state, this.#machine.c.lua_absindex(state, index), new Map(), 0);
  }

  #read(state: State, index: number, seen: Map<number, LuaTable | undefined>, depth: number): LuaRead {
    const { c } = this.#machine;
    switch (c.lua_type(state, index)) {
      case TYPE.boolean:
        return c.lua_toboolean(state, index) !== 0;
      case TYPE.number:
        return c.lua_tonumberx(state, index, 0);
      case TYPE.string:
        return this.#machine.text(state, index);
      case TYPE.userdata:
        return this.#objects().at(state, index);
      case TYPE.table:
        return this.#readTable(state, index, seen, depth);
    }
    return undefined;
  }

  #readTable(state: State, index: number, seen: Map<number, LuaTable | undefined>, depth: number): LuaTable {
    const { c } = this.#machine;
    const address = c.lua_topointer(state, index);
    const known = seen.get(address);
    if (known !== undefined) return known;
    if (seen.has(address)) throw new LuaError("a table contains itself");
    if (depth === MAX_DEPTH || c.lua_checkstack(state, 8) === 0) throw new LuaError("tables are nested too deep");
    seen.set(address, undefined);
    const entries = new Map<string | number | boolean, LuaRead>();
    c.lua_pushnil(state);
    while (c.lua_next(state, index) !== 0) {
      const key = this.#key(state);
      const value = this.#read(state, c.lua_gettop(state), seen, depth + 1);
      if (key !== undefined && value !== undefined) entries.set(key, value);
      c.lua_settop(state, -2);
    }
    const table = new LuaTable(entries);
    seen.set(address, table);
    return table;
  }

  /** The key below the top; numbers are not to become strings in place, or `lua_next` is confused. */
  #key(state: State): string | number | boolean | undefined {
    const { c } = this.#machine;
    switch (c.lua_type(state, -2)) {
      case TYPE.boolean:
        return c.lua_toboolean(state, -2) !== 0;
      case TYPE.number:
        return c.lua_tonumberx(state, -2, 0);
      case TYPE.string:
        return this.#machine.text(state, -2);
    }
    return undefined;
  }
}
