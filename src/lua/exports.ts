/**
 * What the Lua module exports, as far as it is used: Lua's C API (Lua 5.4 reference manual, chapter 4 and 5) with
 * pointers as numbers.
 *
 * @module
 */

/** Address of a `lua_State`. */
export type State = number;
/** Address in the module's memory. */
export type Pointer = number;

/** The exports. */
export interface LuaExports {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  __wasm_call_ctors(): void;
  emscripten_stack_init(): void;
  stackSave(): Pointer;
  stackRestore(pointer: Pointer): void;
  setThrew(threw: number, value: number): void;
  malloc(size: number): Pointer;
  free(pointer: Pointer): void;
  luaL_newstate(): State;
  lua_close(state: State): void;
  lua_gettop(state: State): number;
  lua_settop(state: State, index: number): void;
  lua_absindex(state: State, index: number): number;
  lua_rotate(state: State, index: number, count: number): void;
  lua_pushvalue(state: State, index: number): void;
  lua_checkstack(state: State, count: number): number;
  lua_xmove(from: State, to: State, count: number): void;
  lua_type(state: State, index: number): number;
  lua_isinteger(state: State, index: number): number;
  lua_tonumberx(state: State, index: number, isNumber: Pointer): number;
  lua_toboolean(state: State, index: number): number;
  lua_tolstring(state: State, index: number, length: Pointer): Pointer;
  luaL_tolstring(state: State, index: number, length: Pointer): Pointer;
  lua_touserdata(state: State, index: number): Pointer;
  lua_topointer(state: State, index: number): Pointer;
  lua_rawlen(state: State, index: number): number | bigint;
  lua_pushnil(state: State): void;
  lua_pushnumber(state: State, value: number): void;
  lua_pushinteger(state: State, value: bigint): void;
  lua_pushlstring(state: State, pointer: Pointer, length: number): Pointer;
  lua_pushboolean(state: State, value: number): void;
  lua_pushlightuserdata(state: State, pointer: Pointer): void;
  lua_pushcclosure(state: State, index: number, upvalues: number): void;
  lua_createtable(state: State, items: number, fields: number): void;
  lua_iscfunction(state: State, index: number): number;
  lua_getupvalue(state: State, index: number, at: number): Pointer;
  lua_upvaluejoin(state: State, index: number, at: number, otherIndex: number, otherAt: number): void;
  lua_getstack(state: State, level: number, activation: Pointer): number;
  lua_getinfo(state: State, what: Pointer, activation: Pointer): number;
  lua_getglobal(state: State, name: Pointer): number;
  lua_setglobal(state: State, name: Pointer): void;
  lua_rawget(state: State, index: number): number;
  lua_rawset(state: State, index: number): void;
  lua_rawgeti(state: State, index: number, at: bigint): number;
  lua_rawseti(state: State, index: number, at: bigint): void;
  lua_next(state: State, index: number): number;
  lua_setmetatable(state: State, index: number): number;
  lua_getmetatable(state: State, index: number): number;
  lua_newuserdatauv(state: State, size: number, values: number): Pointer;
  lua_setiuservalue(state: State, index: number, at: number): number;
  lua_getiuservalue(state: State, index: number, at: number): number;
  luaL_ref(state: State, index: number): number;
  luaL_unref(state: State, index: number, reference: number): void;
  luaL_traceback(state: State, of: State, message: Pointer, level: number): void;
  luaL_where(state: State, level: number): void;
  luaL_loadbufferx(state: State, text: Pointer, size: number, name: Pointer, mode: Pointer): number;
  lua_dump(state: State, writer: number, data: Pointer, strip: number): number;
  luaL_requiref(state: State, name: Pointer, open: number, isGlobal: number): void;
  lua_pcallk(
    state: State,
    arguments_: number,
    results: number,
    handler: number,
    context: number,
    continuation: number,
  ): number;
  lua_newthread(state: State): State;
  lua_resetthread(state: State): number;
  lua_resume(state: State, from: State, arguments_: number, results: Pointer): number;
  lua_yieldk(state: State, results: number, context: number, continuation: number): number;
  lua_isyieldable(state: State): number;
  lua_error(state: State): never;
  lua_concat(state: State, count: number): void;
  lua_sethook(state: State, hook: number, mask: number, count: number): void;
  luaopen_base(state: State): number;
  luaopen_coroutine(state: State): number;
  luaopen_table(state: State): number;
  luaopen_string(state: State): number;
  luaopen_math(state: State): number;
  luaopen_utf8(state: State): number;
}

/** Types of Lua values. */
export const TYPE = {
  none: -1,
  nil: 0,
  boolean: 1,
  lightUserdata: 2,
  number: 3,
  string: 4,
  table: 5,
  function: 6,
  userdata: 7,
  thread: 8,
} as const;

/** Names of the types, from nil on. */
export const TYPE_NAMES: readonly string[] = [
  "nil",
  "boolean",
  "userdata",
  "number",
  "string",
  "table",
  "function",
  "userdata",
  "thread",
];

/** Ends of a call or of a part of one. */
export const STATUS = { ok: 0, yield: 1, run: 2, syntax: 3, memory: 4, handler: 5 } as const;

/** Index of the registry; that of upvalue n lies n below. */
export const REGISTRY = -1_001_000;
