/**
 * A script at work: a machine of its own, limits in time and memory, and calls of the host that look as if they were done at once.
 *
 * @module
 */
import { Bridge, HOST_MARK } from "./bridge.ts";
import { environmentFunctions } from "./environments.ts";
import { type State, STATUS, TYPE_NAMES } from "./exports.ts";
import { Machine } from "./machine.ts";
import { osLibrary } from "./os_library.ts";
import { PRELUDE_CHUNK } from "./prelude_chunk.ts";
import { stringFunctions } from "./string_library.ts";
import { addFunction } from "./trampoline.ts";
import { LuaError, type LuaFunction, type LuaLibrary, LuaStopped, type LuaValue } from "./types.ts";

/** Event mask of hooks that count instructions. */
const COUNT = 8;
/** Instructions between two looks at the clock. */
const INSTRUCTIONS = 200;
/** Milliseconds that a script computes before others have their turn. */
const TURN = 25;
/** Milliseconds that what a stopped script waited for has to come to its end. */
const GRACE = 10_000;
/** Memory that a machine has at least. */
const LEAST_MEMORY = 17 * 1024 * 1024;

/** How to run a script. */
export interface ScriptOptions {
  /** Its name, for messages: `name:3: ...`. */
  readonly name: string;
  /** What it finds besides Lua's own libraries, by global name: functions, values, or libraries of them. */
  readonly globals?: Readonly<Record<string, LuaLibrary | LuaFunction | LuaValue>>;
  /** Takes what it prints. */
  readonly print: (bytes: Uint8Array) => void;
  /** Called, and waited for, when it has computed for a while: time for others, and for what it printed to be read. */
  readonly turn?: (() => Promise<void>) | undefined;
  /** Milliseconds that it may take; undefined: no limit. */
  readonly timeout?: number | undefined;
  /** Bytes that it may use; 128 MiB unless given, 17 MiB at least. */
  readonly memory?: number | undefined;
  /** Stops it. */
  readonly signal: AbortSignal;
  /** Environment variables that it may see. */
  readonly env?: ((name: string) => string | undefined) | undefined;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A script. */
export class Script {
  readonly #options: ScriptOptions;
  readonly #machine: Machine;
  readonly #bridge: Bridge;
  readonly #thread: State;
  readonly #hook: number;
  readonly #stopper = new AbortController();
  #deadline = Infinity;
  #turn = 0;
  #preempted = false;
  #stopped: LuaStopped | undefined;

  /** Makes a machine for a script; runs nothing of it. */
  constructor(module: WebAssembly.Module, options: ScriptOptions) {
    this.#options = options;
    this.#machine = new Machine(module, Math.max(LEAST_MEMORY, options.memory ?? 128 * 1024 * 1024));
    this.#bridge = new Bridge(this.#machine, this.#stopper.signal);
    const { c, state } = this.#machine;
    this.#hook = addFunction(c.__indirect_function_table, (state) => this.#look(state!), 2, false);
    for (const name of ["base", "coroutine", "table", "string", "math", "utf8"] as const) this.#openLibrary(name);
    this.#thread = c.lua_newthread(state);
    this.#prepare();
  }

  /** How many objects of the host the script holds. */
  get objects(): number {
    return this.#bridge.objects.size;
  }

  /** Bytes of memory that the machine has taken. */
  get memory(): number {
    return this.#machine.memory.byteLength;
  }

  /**
   * Runs a chunk to its end.
   *
   * @throws {LuaExit} it ended itself; the machine is of no further use then
   * @throws {LuaError} what the script failed with, `name:line: message`
   * @throws {LuaStopped} it ran out of time, or was stopped
   */
  async run(source: Uint8Array, args: readonly LuaValue[] = []): Promise<void> {
    const wrong = this.#machine.load(this.#thread, sourceText(source), `=${this.#options.name}`);
    if (wrong !== undefined) throw new LuaError(wrong);
    for (const arg of args) this.#bridge.values.push(this.#thread, arg);
    const { signal, timeout } = this.#options;
    const stop = () => this.#stop(new LuaStopped(`${this.#options.name}: stopped`, "signal", signal.reason));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const timer = timeout === undefined ? undefined : setTimeout(() => this.#timeOut(), timeout);
    if (timeout !== undefined) this.#deadline = performance.now() + timeout;
    try {
      await this.#resume(args.length);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      this.#deadline = Infinity;
    }
  }

  async #resume(args: number): Promise<void> {
    const { c } = this.#machine;
    const counts = this.#machine.cell;
    c.lua_sethook(this.#thread, this.#hook, COUNT, INSTRUCTIONS);
    for (let count = args;; count = 0) {
      this.#turn = performance.now();
      const status = this.#enter(count, counts);
      if (this.#stopped !== undefined) throw this.#stopped;
      if (status === STATUS.ok) return void c.lua_settop(this.#thread, 0);
      if (status !== STATUS.yield) {
        const message = this.#failure(status);
        c.lua_resetthread(this.#thread);
        throw new LuaError(message);
      }
      c.lua_settop(this.#thread, -new DataView(c.memory.buffer).getInt32(counts, true) - 1);
      const { waiting } = this.#bridge;
      if (waiting !== undefined) {
        this.#bridge.waiting = undefined;
        await this.#wait(this.#bridge.settle(waiting));
      } else if (this.#preempted) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        const { turn } = this.#options;
        if (turn !== undefined) await this.#wait(turn());
      }
      this.#preempted = false;
      if (this.#stopped !== undefined) throw this.#stopped;
    }
  }

  #enter(count: number, counts: number): number {
    try {
      return this.#machine.c.lua_resume(this.#thread, 0, count, counts);
    } catch (error) {
      if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) {
        throw new LuaError(`${this.#options.name}: stack overflow`, { cause: error });
      }
      throw error;
    }
  }

  /** Waits for an answer. What a stopped script waits for gets some time to stop as well. */
  async #wait(answer: Promise<void>): Promise<void> {
    const { signal } = this.#stopper;
    let timer: number | undefined;
    const late = new Promise<void>((resolve) => {
      const begin = () => timer = setTimeout(resolve, GRACE);
      if (signal.aborted) begin();
      else signal.addEventListener("abort", begin, { once: true });
      void answer.then(() => {
        signal.removeEventListener("abort", begin);
        clearTimeout(timer);
      });
    });
    await Promise.race([answer, late]);
  }

  #stop(why: LuaStopped): void {
    this.#stopped ??= why;
    this.#stopper.abort(why);
  }

  #timeOut(): void {
    this.#stop(new LuaStopped(`${this.#options.name}: took longer than its timeout allows`, "timeout"));
  }

  /** Called between instructions. */
  #look(state: State): void {
    const { c } = this.#machine;
    const now = performance.now();
    if (this.#stopped === undefined && now >= this.#deadline) this.#timeOut();
    // Not an error of Lua's: it goes through all that could catch one, and leaves the machine of no further use.
    if (this.#stopped !== undefined) throw this.#stopped;
    if (now - this.#turn < TURN || c.lua_isyieldable(state) === 0) return;
    this.#preempted = true;
    c.lua_yieldk(state, 0, 0, 0);
  }

  /** Called by what works long without Lua's instructions. */
  #lookInside(): void {
    if (performance.now() >= this.#deadline) this.#timeOut();
    if (this.#stopped !== undefined) throw this.#stopped;
  }

  #openLibrary(name: "base" | "coroutine" | "table" | "string" | "math" | "utf8"): void {
    const { c, state } = this.#machine;
    // The address of an exported function is its place in the table, once it is put there.
    const table = c.__indirect_function_table;
    const index = table.grow(1);
    table.set(index, c[`luaopen_${name}`] as CallableFunction);
    c.luaL_requiref(state, this.#machine.name(name === "base" ? "_G" : name), index, 1);
    c.lua_settop(state, 0);
  }

  /** Runs the prelude on the script's thread, which is how it knows that one. */
  #prepare(): void {
    const { c } = this.#machine;
    const thread = this.#thread;
    const wrong = this.#machine.load(thread, PRELUDE_CHUNK, "=prelude", "bt");
    if (wrong !== undefined) throw new Error(wrong);
    c.lua_createtable(thread, 0, 8);
    const functions = {
      ...stringFunctions(this.#bridge, () => this.#lookInside()),
      ...environmentFunctions(this.#machine),
      traceback: (state: State) => this.#traceback(state),
    };
    for (const [name, run] of Object.entries(functions)) this.#set(name, () => this.#bridge.pushRaw(thread, run));
    this.#set("print", () =>
      this.#bridge.pushFunction(thread, "print", (call) => {
        this.#options.print(call.bytes(1));
      }));
    this.#set("preempted", () => this.#bridge.pushFunction(thread, "preempted", () => this.#preempted));
    c.lua_pushlightuserdata(thread, HOST_MARK);
    if (c.lua_pcallk(thread, 2, 0, 0, 0, 0) !== STATUS.ok) throw new Error(this.#failure(STATUS.run));
    const { env, globals = {}, now = Date.now, print } = this.#options;
    this.#global("io", { write: writeFunction(print) });
    this.#global("os", osLibrary(now, env ?? (() => undefined)));
    for (const [name, value] of Object.entries(globals)) this.#global(name, value as LuaValue);
  }

  #set(name: string, push: () => void): void {
    this.#machine.pushText(this.#thread, name);
    push();
    this.#machine.c.lua_rawset(this.#thread, -3);
  }

  #global(name: string, value: LuaValue): void {
    this.#bridge.values.push(this.#thread, value, name);
    this.#machine.c.lua_setglobal(this.#thread, this.#machine.name(name));
  }

  #traceback(state: State): number {
    const { c } = this.#machine;
    const isText = c.lua_type(state, 1) === 4;
    c.luaL_traceback(state, state, isText ? this.#machine.span(state, 1)!.from : 0, 1);
    return 1;
  }

  #failure(status: number): string {
    if (status === STATUS.memory) return `${this.#options.name}: not enough memory`;
    const { c } = this.#machine;
    const type = c.lua_type(this.#thread, -1);
    if (type === 4 || type === 3) return this.#machine.text(this.#thread, -1)!;
    return `${this.#options.name}: (error object is a ${TYPE_NAMES[type] ?? "nil"} value)`;
  }
}

/** `io.write`, which writes where `print` does. */
export function writeFunction(print: (bytes: Uint8Array) => void): LuaFunction {
  return (call) => {
    for (let at = 1; at <= call.count; at++) print(call.bytes(at));
    return true;
  };
}

/** The chunk without a byte order mark; a first line that begins with `#` is for the shell. */
export function sourceText(source: Uint8Array): Uint8Array {
  let bytes = source;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
  if (bytes[0] !== 35) return bytes;
  const end = bytes.indexOf(10);
  return end < 0 ? new Uint8Array() : bytes.subarray(end);
}
