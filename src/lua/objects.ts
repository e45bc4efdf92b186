/**
 * Objects of the host in scripts: userdata that hold a number, and what the numbers stand for.
 *
 * @module
 */
import { REGISTRY, type State, TYPE } from "./exports.ts";
import type { Machine } from "./machine.ts";
import type { LuaClass, LuaFunction, LuaObject, LuaTableSource, LuaValue } from "./types.ts";

/** How values are pushed: what objects need of who knows all kinds of values. */
export interface Pusher {
  value(state: State, value: LuaValue): void;
  function(state: State, name: string, run: LuaFunction): void;
  raw(state: State, run: (state: State) => number): void;
}

/** The objects that a machine holds. */
export class Objects {
  readonly #machine: Machine;
  readonly #push: Pusher;
  readonly #held = new Map<number, LuaObject>();
  readonly #classes = new Map<LuaClass, { readonly metatable: number; readonly methods: number }>();
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

  /** Pushes an object. */
  push(state: State, object: LuaObject): void {
    const { c } = this.#machine;
    const known = this.#classes.get(object.kind) ?? this.#register(state, object.kind);
    const id = this.#last = (this.#last + 1) >>> 0;
    const block = c.lua_newuserdatauv(state, 4, 1);
    new DataView(c.memory.buffer).setUint32(block, id, true);
    this.#held.set(id, object);
    if (object.fields === undefined) {
      c.lua_rawgeti(state, REGISTRY, BigInt(known.metatable));
      c.lua_setmetatable(state, -2);
      return;
    }
    this.#pushFields(state, object.fields, known.methods);
    c.lua_pushvalue(state, -1);
    c.lua_setiuservalue(state, -3, 1);
    this.#metatable(state, object.kind, () => c.lua_pushvalue(state, -3));
    c.lua_setmetatable(state, -3);
    c.lua_settop(state, -2);
  }

  /** The object at an index. */
  at(state: State, index: number): LuaObject | undefined {
    const { c } = this.#machine;
    if (c.lua_type(state, index) !== TYPE.userdata) return undefined;
    return this.#held.get(new DataView(c.memory.buffer).getUint32(c.lua_touserdata(state, index), true));
  }

  /** A table of fields that knows the methods of the object's kind. */
  #pushFields(state: State, fields: LuaTableSource, methods: number): void {
    const { c } = this.#machine;
    this.#push.value(state, fields);
    c.lua_rawgeti(state, REGISTRY, BigInt(methods));
    c.lua_setmetatable(state, -2);
  }

  #register(state: State, kind: LuaClass): { readonly metatable: number; readonly methods: number } {
    const { c } = this.#machine;
    // The table of methods is its own index: it serves as the metatable of fields as well.
    c.lua_createtable(state, 0, 8);
    for (const [name, run] of Object.entries(kind.methods)) {
      this.#field(state, name, () => this.#push.function(state, `${kind.name}:${name}`, run));
    }
    this.#field(state, "__index", () => c.lua_pushvalue(state, -2));
    this.#field(state, "__metatable", () => this.#machine.pushText(state, kind.name));
    c.lua_pushvalue(state, -1);
    const methods = c.luaL_ref(state, REGISTRY);
    this.#metatable(state, kind, () => c.lua_pushvalue(state, -3));
    const metatable = c.luaL_ref(state, REGISTRY);
    c.lua_settop(state, -2);
    const known = { metatable, methods };
    this.#classes.set(kind, known);
    return known;
  }

  /** Pushes a metatable whose index is what `index` pushes. It is out of a script's reach: finalizers are never interrupted. */
  #metatable(state: State, kind: LuaClass, index: () => void): void {
    const { c } = this.#machine;
    c.lua_createtable(state, 0, 5);
    this.#field(state, "__index", index);
    this.#field(state, "__metatable", () => this.#machine.pushText(state, kind.name));
    this.#field(state, "__name", () => this.#machine.pushText(state, kind.name));
    if (kind.text !== undefined) {
      this.#field(state, "__tostring", () => this.#push.function(state, "tostring", kind.text!));
    }
    this.#field(state, "__gc", () => this.#push.raw(state, this.#forget));
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
