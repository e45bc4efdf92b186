/**
 * A Lua machine of its own memory: an instance of the Lua module with one state.
 *
 * @module
 */
import type { LuaExports, Pointer, State } from "./exports.ts";
import { luaImports } from "./imports.ts";

/** Characters of texts that are pushed the short way. */
const SCRATCH = 256;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An instance of the Lua module. */
export class Machine {
  /** Lua's C API. */
  readonly c: LuaExports;
  /** Bytes that it takes at most. */
  readonly limit: number;
  /** The state that all coroutines belong to. */
  readonly state: State;
  readonly #names = new Map<string, Pointer>();
  readonly #length: Pointer;
  readonly #scratch: Pointer;
  /** Four bytes for a number that C gives back. */
  readonly cell: Pointer;
  #bytes: Uint8Array<ArrayBuffer>;

  /** Makes one; it never takes more than `memoryLimit` bytes. */
  constructor(module: WebAssembly.Module, memoryLimit: number) {
    this.limit = memoryLimit;
    // deno-lint-ignore prefer-const -- the imports refer to what is made with them
    let exports: LuaExports;
    const instance = new WebAssembly.Instance(module, luaImports(() => exports, memoryLimit));
    exports = instance.exports as unknown as LuaExports;
    this.c = exports;
    exports.__wasm_call_ctors();
    this.#bytes = new Uint8Array(exports.memory.buffer as ArrayBuffer);
    this.#length = exports.malloc(8);
    this.cell = exports.malloc(4);
    this.#scratch = exports.malloc(SCRATCH);
    this.state = exports.luaL_newstate();
    if (this.state === 0) throw new Error("Lua could not start: its memory is too small");
  }

  /** The memory as it is now. */
  get memory(): Uint8Array<ArrayBuffer> {
    const buffer = this.c.memory.buffer as ArrayBuffer;
    return this.#bytes.buffer === buffer ? this.#bytes : this.#bytes = new Uint8Array(buffer);
  }

  /** Address of a C string that stays. */
  name(text: string): Pointer {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const made = this.copy(encoder.encode(`${text}\0`));
    this.#names.set(text, made);
    return made;
  }

  /** Copies bytes into memory that has to be freed. */
  copy(bytes: Uint8Array): Pointer {
    const pointer = this.c.malloc(Math.max(1, bytes.byteLength));
    if (pointer === 0) throw new Error("not enough memory");
    this.memory.set(bytes, pointer);
    return pointer;
  }

  /** Pushes a string. */
  pushBytes(state: State, bytes: Uint8Array): void {
    const pointer = this.copy(bytes);
    try {
      this.c.lua_pushlstring(state, pointer, bytes.byteLength);
    } finally {
      this.c.free(pointer);
    }
  }

  /** Pushes a string. Most are short and plain: those are written where they are taken from, without an encoder. */
  pushText(state: State, text: string): void {
    const { length } = text;
    if (length > SCRATCH) return this.pushBytes(state, encoder.encode(text));
    const { memory } = this;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) return this.pushBytes(state, encoder.encode(text));
      memory[this.#scratch + at] = code;
    }
    this.c.lua_pushlstring(state, this.#scratch, length);
  }

  /** Place of a string in the memory, until it is popped. A number becomes a string in place. */
  span(state: State, index: number): { readonly from: number; readonly length: number } | undefined {
    const from = this.c.lua_tolstring(state, index, this.#length);
    if (from === 0) return undefined;
    return { from, length: new DataView(this.c.memory.buffer).getUint32(this.#length, true) };
  }

  /** Bytes of a string. */
  bytes(state: State, index: number): Uint8Array<ArrayBuffer> | undefined {
    const span = this.span(state, index);
    return span === undefined ? undefined : this.memory.slice(span.from, span.from + span.length);
  }

  /** Text of a string. */
  text(state: State, index: number): string | undefined {
    const span = this.span(state, index);
    return span === undefined ? undefined : decoder.decode(this.memory.subarray(span.from, span.from + span.length));
  }

  /**
   * Compiles a chunk of text and pushes it; gives the message when it is wrong. Mode `bt` takes what is compiled as well, of which
   * nothing is checked: never what a script gives.
   */
  load(state: State, source: Uint8Array, chunk: string, mode: "t" | "bt" = "t"): string | undefined {
    const text = this.copy(source);
    const name = this.copy(encoder.encode(`${chunk}\0`));
    const status = this.c.luaL_loadbufferx(state, text, source.byteLength, name, this.name(mode));
    this.c.free(text);
    this.c.free(name);
    if (status === 0) return undefined;
    const message = this.text(state, -1);
    this.c.lua_settop(state, -2);
    return message ?? "it could not be read";
  }
}
