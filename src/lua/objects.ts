/**
 * Objects of the host in scripts: userdata that hold a number, and what the numbers stand for.
 *
 * @module
 */
import { REGISTRY, type State, TYPE } from "./exports.ts";
import type { Machine } from "./machine.ts";
import type { LuaClass, LuaFunction, LuaObject, LuaValue } from "./types.ts";

/** How values are pushed: what objects need of who knows all kinds of values. */
export interface Pusher {
  value(state: State, value: LuaValue, name?: string): void;
  function(state: State, name: string, run: LuaFunction): void;
  raw(state: State, run: (state: State) => number): void;
}

/** Places of a kind's tables in the registry. */
interface Known {
  /** Methods by name. */
  readonly methods: number;
  /** Metatable of objects with methods alone. */
  readonly plain: number;
  /** Metatable of objects with fields. */
  readonly fielded: number;
}

/** The objects that a machine holds. */
export class Objects {
  readonly #machine: Machine;
  readonly #push: Pusher;
  readonly #held = new Map<number, LuaObject>();
  readonly #classes = new Map<LuaClass, Known>();
  #last = 0;

  /** Objects of a machine. */
  constructor(machine: Machine, push: Pusher) {
    this.#machine = machine;
    this.#push = push;
  }

  /** How many a script still holds. */
  get size(): number {
    return this.#held.size;
  }

  /** Pushes an object. With fields it has a table for those that were read. */
  push(state: State, object: LuaObject): void {
    const { c } = this.#machine;
    const known = this.#classes.get(object.kind) ?? this.#register(state, object.kind);
    const id = this.#last = (this.#last + 1) >>> 0;
    const block = c.lua_newuserdatauv(state, 4, 1);
    new DataView(c.memory.buffer).setUint32(block, id, true);
    this.#held.set(id, object);
    if (object.fields !== undefined) {
      c.lua_createtable(state, 0, 0);
      c.lua_setiuservalue(state, -2, 1);
    }
    c.lua_rawgeti(state, REGISTRY, BigInt(object.fields === undefined ? known.plain : known.fielded));
    c.lua_setmetatable(state, -2);
  }

  /** The object at an index. */
  at(state: State, index: number): LuaObject | undefined {
    const { c } = this.#machine;
    if (c.lua_type(state, index) !== TYPE.userdata) return undefined;
    return this.#held.get(new DataView(c.memory.buffer).getUint32(c.lua_touserdata(state, index), true));
  }

  /** Pushes the table of all fields of the object at an index, an empty one or nil where it has none. */
  pushFields(state: State, index: number): void {
    const { c } = this.#machine;
    const object = this.at(state, index);
    c.lua_getiuservalue(state, index, 1);
    if (object?.fields === undefined) return;
    const table = c.lua_gettop(state);
    for (const name of fieldsOf(object).keys()) {
      this.#push.value(state, name);
      const isMade = c.lua_rawget(state, table) !== TYPE.nil;
      c.lua_settop(state, table);
      if (!isMade) this.#make(state, object, name);
      c.lua_settop(state, table);
    }
  }

  #register(state: State, kind: LuaClass): Known {
    const { c } = this.#machine;
    c.lua_createtable(state, 0, 8);
    for (const [name, run] of Object.entries(kind.methods)) {
      this.#field(state, name, () => this.#push.function(state, `${kind.name}:${name}`, run));
    }
    const methods = c.luaL_ref(state, REGISTRY);
    const plain = this.#metatable(state, kind, () => c.lua_rawgeti(state, REGISTRY, BigInt(methods)));
    const index = (state: State) => this.#index(state, methods);
    const fielded = this.#metatable(state, kind, () => this.#push.raw(state, index));
    const known = { methods, plain, fielded };
    this.#classes.set(kind, known);
    return known;
  }

  /** Makes a metatable whose index is what `index` pushes. It is out of a script's reach: finalizers are never interrupted. */
  #metatable(state: State, kind: LuaClass, index: () => void): number {
    const { c } = this.#machine;
    c.lua_createtable(state, 0, 5);
    this.#field(state, "__index", index);
    this.#field(state, "__metatable", () => this.#machine.pushText(state, kind.name));
    this.#field(state, "__name", () => this.#machine.pushText(state, kind.name));
    if (kind.text !== undefined) {
      this.#field(state, "__tostring", () => this.#push.function(state, "tostring", kind.text!));
    }
    this.#field(state, "__gc", () => this.#push.raw(state, this.#forget));
    return c.luaL_ref(state, REGISTRY);
  }

  /** Called for `object[name]`: a field, or else a method. */
  #index(state: State, methods: number): number {
    const { c } = this.#machine;
    c.lua_getiuservalue(state, 1, 1);
    c.lua_pushvalue(state, 2);
    if (c.lua_rawget(state, -2) !== TYPE.nil) return 1;
    c.lua_settop(state, -2);
    const object = this.at(state, 1);
    const type = c.lua_type(state, 2);
    const name = type === TYPE.string ? this.#machine.text(state, 2)! : c.lua_tonumberx(state, 2, 0);
    if (object !== undefined && (type === TYPE.string || type === TYPE.number) && this.#make(state, object, name)) {
      return 1;
    }
    c.lua_rawgeti(state, REGISTRY, BigInt(methods));
    c.lua_pushvalue(state, 2);
    c.lua_rawget(state, -2);
    return 1;
  }

  /**
   * Pushes a field and sets it in the table of fields on top, under all names that stand for the same value; false where there is
   * no such field.
   */
  #make(state: State, object: LuaObject, name: string | number): boolean {
    const { c } = this.#machine;
    const fields = fieldsOf(object);
    const value = fields.get(name);
    if (value === undefined || value === null) return false;
    const table = c.lua_gettop(state);
    this.#push.value(state, value, `${object.kind.name}.${name}`);
    const isShared = typeof value === "object";
    for (const [other, same] of isShared ? fields : [[name, value] as const]) {
      if (same !== value) continue;
      this.#push.value(state, other);
      c.lua_pushvalue(state, -2);
      c.lua_rawset(state, table);
    }
    return true;
  }

  /** Sets a field of the table on top to what `push` pushes; that sees the name above the table. */
  #field(state: State, name: string, push: () => void): void {
    this.#machine.pushText(state, name);
    push();
    this.#machine.c.lua_rawset(state, -3);
  }

  /** Called when a script has let go of an object. */
  readonly #forget = (state: State): number => {
    const { c } = this.#machine;
    const block = c.lua_touserdata(state, 1);
    if (block !== 0) this.#held.delete(new DataView(c.memory.buffer).getUint32(block, true));
    return 0;
  };
}

/** The fields of an object. */
function fieldsOf({ fields = new Map() }: LuaObject): ReadonlyMap<string | number, LuaValue> {
  return fields instanceof Map ? fields : new Map(Object.entries(fields));
}
