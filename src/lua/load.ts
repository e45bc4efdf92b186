/**
 * Loads Lua when it is asked for: no other command pays for it.
 *
 * @module
 */

/** The parts of Lua. */
export type LuaModule = typeof import("./mod.ts");

/** Loads them. */
export function loadLua(): Promise<LuaModule> {
  return import("./mod.ts");
}
