/**
 * Calls from scripts to the host, and answers that come later: the script stands still, and the host goes on.
 *
 * @module
 */
import { REGISTRY, type State } from "./exports.ts";
import { type CallParts, HostCall } from "./host_call.ts";
import type { Machine } from "./machine.ts";
import { Objects } from "./objects.ts";
import { addFunction } from "./trampoline.ts";
import { LuaError, type LuaFunction, LuaResults, type LuaReturn } from "./types.ts";
import { Values } from "./values.ts";

/** A jump out of C functions; nobody but the module's own code may catch it. */
const LONG_JUMP = Infinity;
/** Where an error is said to come from: the function that called, or its caller where that is no script's. */
const LEVELS = [1, 2, 3, 4];
const AsyncFunction = (async () => {}).constructor;

type RawFunction = (state: State) => number;

/** What a script waits for. */
export interface Waiting {
  /** Number of the answer. */
  readonly id: number;
  /** The answer. */
  readonly promise: Promise<LuaReturn>;
}

type Answer = { readonly value: LuaReturn } | { readonly error: unknown };

/** The bridge of one machine. */
export class Bridge {
  readonly machine: Machine;
  readonly objects: Objects;
  readonly values: Values;
  readonly #parts: CallParts;
  readonly #functions: RawFunction[] = [];
  readonly #answers = new Map<number, Answer>();
  readonly #dispatch: number;
  readonly #resume: number;
  #lastAnswer = 0;
  /** What the script waits for now. */
  waiting: Waiting | undefined;

  /** A bridge; `signal` is what calls are stopped with. */
  constructor(machine: Machine, signal: AbortSignal) {
    this.machine = machine;
    const { __indirect_function_table: table } = machine.c;
    const pushFunction = (state: State, name: string, run: LuaFunction) => this.pushFunction(state, name, run);
    this.values = new Values(machine, () => this.objects, pushFunction);
    this.objects = new Objects(machine, {
      value: (state, value) => this.values.push(state, value),
      function: pushFunction,
      raw: (state, run) => this.pushRaw(state, run),
    });
    this.#parts = { machine, values: this.values, objects: this.objects, signal };
    this.#dispatch = addFunction(table, (state) => this.#call(state!), 1, true);
    this.#resume = addFunction(table, (state, _status, id) => this.#answered(state!, id!), 3, true);
  }

  /** Pushes a function that works on the state itself. It may throw a {@linkcode LuaError}. */
  pushRaw(state: State, run: RawFunction): void {
    const { c } = this.machine;
    this.#functions.push(run);
    c.lua_pushnumber(state, this.#functions.length - 1);
    c.lua_pushcclosure(state, this.#dispatch, 1);
  }

  /** Pushes a function; `name` is what it is called in messages. */
  pushFunction(state: State, name: string, run: LuaFunction): void {
    const waits = run instanceof AsyncFunction;
    this.pushRaw(state, (state) => {
      if (waits && this.machine.c.lua_isyieldable(state) === 0) throw cannotWait(name);
      const call = new HostCall(this.#parts, state, name);
      const result = run(call);
      if (!(result instanceof Promise)) return this.#pushAll(state, result);
      call.end();
      return this.#wait(state, result);
    });
  }

  /** Takes the answer that a script waited for. */
  async settle({ id, promise }: Waiting): Promise<void> {
    try {
      this.#answers.set(id, { value: await promise });
    } catch (error) {
      this.#answers.set(id, { error });
    }
  }

  #call(state: State): number {
    const run = this.#functions[this.machine.c.lua_tonumberx(state, REGISTRY - 1, 0)]!;
    let message: string;
    try {
      return run(state);
    } catch (error) {
      if (error === LONG_JUMP) throw error;
      message = this.#message(error);
    }
    return this.#fail(state, message);
  }

  #wait(state: State, promise: Promise<LuaReturn>): number {
    const id = ++this.#lastAnswer & 0x7fffffff;
    // A failure is seen when the answer is taken.
    promise.catch(() => {});
    this.waiting = { id, promise };
    // The mark by which the coroutine library knows that this is for the host.
    this.machine.c.lua_pushlightuserdata(state, HOST_MARK);
    return this.machine.c.lua_yieldk(state, 1, id, this.#resume);
  }

  #answered(state: State, id: number): number {
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    if (answer === undefined) return this.#fail(state, "the script was woken too early");
    if ("error" in answer) return this.#fail(state, this.#message(answer.error));
    let message: string;
    try {
      return this.#pushAll(state, answer.value);
    } catch (error) {
      if (error === LONG_JUMP) throw error;
      message = this.#message(error);
    }
    return this.#fail(state, message);
  }

  #pushAll(state: State, result: LuaReturn): number {
    if (!(result instanceof LuaResults)) {
      if (result === undefined) return 0;
      this.values.push(state, result);
      return 1;
    }
    for (const value of result.values) this.values.push(state, value);
    return result.values.length;
  }

  #fail(state: State, message: string): never {
    const { c } = this.machine;
    const known = LEVELS.some((level) => {
      c.luaL_where(state, level);
      if (this.machine.span(state, -1)!.length > 0) return true;
      c.lua_settop(state, -2);
      return false;
    });
    this.machine.pushText(state, message);
    if (known) c.lua_concat(state, 2);
    return c.lua_error(state);
  }

  #message(error: unknown): string {
    if (error instanceof LuaError) return error.message;
    // Only what is meant for scripts is shown as it is; a mistake of the host's ends the script.
    if (error instanceof Error && error.name === "FerryError") return error.message;
    throw error;
  }
}

/** The light userdata that a coroutine yields when the host is to go on. */
export const HOST_MARK = 0x7e77;

function cannotWait(name: string): LuaError {
  return new LuaError(
    `${name} has to wait for an answer, which is not possible inside a metamethod, iterator or reader that a library function calls`,
  );
}
