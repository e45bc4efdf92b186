/**
 * Lua for scripts of users: 5.4 with the names and ways of 5.1, calls of the host that may wait, limits in time and memory.
 *
 * @module
 */
import { Machine } from "./machine.ts";
import { Script, type ScriptOptions, sourceText } from "./script.ts";
import { luaBytes } from "./wasm_bytes.ts";

export * from "./types.ts";
export { Script, type ScriptOptions } from "./script.ts";

/** Lua, compiled: each script gets a machine of its own from it. */
export class Lua {
  readonly #module: WebAssembly.Module;

  /** Compiles the machine. */
  constructor() {
    this.#module = new WebAssembly.Module(luaBytes());
  }

  /** A machine for one script. */
  script(options: ScriptOptions): Script {
    return new Script(this.#module, options);
  }

  /** What is wrong with the syntax of a chunk, `name:3: ...`; undefined when nothing is. */
  check(source: Uint8Array, name: string): string | undefined {
    const machine = new Machine(this.#module, 256 * 1024 * 1024);
    return machine.load(machine.state, sourceText(source), `=${name}`);
  }

  /**
   * Runs a chunk in a machine of its own.
   *
   * @throws {LuaError} what the script failed with
   * @throws {LuaStopped} it ran out of time, or was stopped
   */
  async run(source: Uint8Array, options: ScriptOptions): Promise<void> {
    await this.script(options).run(source);
  }
}
