/**
 * A call of a host function: its arguments.
 *
 * @module
 */
import { type State, TYPE, TYPE_NAMES } from "./exports.ts";
import type { Machine } from "./machine.ts";
import type { Objects } from "./objects.ts";
import { type LuaCall, LuaError, type LuaObject, type LuaRead, LuaTable } from "./types.ts";
import type { Values } from "./values.ts";

/** What calls are answered with. */
export interface CallParts {
  readonly machine: Machine;
  readonly values: Values;
  readonly objects: Objects;
  readonly signal: AbortSignal;
}

/** A call; its arguments are those of the C function that runs. */
export class HostCall implements LuaCall {
  readonly #parts: CallParts;
  readonly #state: State;
  readonly #name: string;
  #over = false;
  readonly count: number;

  /** A call of the function with that name. */
  constructor(parts: CallParts, state: State, name: string) {
    this.#parts = parts;
    this.#state = state;
    this.#name = name;
    this.count = parts.machine.c.lua_gettop(state);
  }

  get signal(): AbortSignal {
    return this.#parts.signal;
  }

  /** Ends the time in which arguments can be read. */
  end(): void {
    this.#over = true;
  }

  type(at: number): string {
    const type = this.#typeOf(at);
    return type === TYPE.none ? "nil" : TYPE_NAMES[type] ?? "nil";
  }

  text(at: number): string {
    const type = this.#typeOf(at);
    if (type !== TYPE.string && type !== TYPE.number) this.#expected(at, "string");
    return this.#parts.machine.text(this.#state, at)!;
  }

  bytes(at: number): Uint8Array<ArrayBuffer> {
    const type = this.#typeOf(at);
    if (type !== TYPE.string && type !== TYPE.number) this.#expected(at, "string");
    return this.#parts.machine.bytes(this.#state, at)!;
  }

  number(at: number): number {
    const type = this.#typeOf(at);
    const { c } = this.#parts.machine;
    if (type === TYPE.number) return c.lua_tonumberx(this.#state, at, 0);
    const text = type === TYPE.string ? this.text(at).trim() : "";
    const value = text === "" ? NaN : Number(text);
    if (Number.isNaN(value)) this.#expected(at, "number");
    return value;
  }

  integer(at: number): number {
    return Math.trunc(this.number(at));
  }

  truth(at: number): boolean {
    this.#typeOf(at);
    return this.#parts.machine.c.lua_toboolean(this.#state, at) !== 0;
  }

  object(at: number): LuaObject | undefined {
    this.#typeOf(at);
    return this.#parts.objects.at(this.#state, at);
  }

  table(at: number): LuaTable {
    if (this.#typeOf(at) !== TYPE.table) this.#expected(at, "table");
    return this.#parts.values.read(this.#state, at) as LuaTable;
  }

  value(at: number): LuaRead {
    return this.#typeOf(at) === TYPE.none ? undefined : this.#parts.values.read(this.#state, at);
  }

  fields(at: number): LuaTable {
    const { c } = this.#parts.machine;
    if (this.#typeOf(at) !== TYPE.userdata) this.#expected(at, "object");
    this.#parts.objects.pushFields(this.#state, at);
    const value = this.#parts.values.read(this.#state, -1);
    c.lua_settop(this.#state, -2);
    return value instanceof LuaTable ? value : new LuaTable(new Map());
  }

  bad(at: number, message: string): never {
    throw new LuaError(`bad argument #${at} to '${this.#name}' (${message})`);
  }

  #expected(at: number, what: string): never {
    const type = this.#typeOf(at);
    this.bad(at, `${what} expected, got ${type === TYPE.none ? "no value" : TYPE_NAMES[type] ?? "nil"}`);
  }

  #typeOf(at: number): number {
    if (this.#over) throw new Error("Arguments of a call were read after it waited for something");
    return at > this.count ? TYPE.none : this.#parts.machine.c.lua_type(this.#state, at);
  }
}
