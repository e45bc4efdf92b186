/**
 * Lua for the scripts of a run.
 *
 * @module
 */
import { loadLua, type Lua } from "../../../src/mod.ts";

/** Lua, compiled when it is first asked for. */
export function lazyLua(): () => Promise<Lua> {
  let made: Promise<Lua> | undefined;
  return () => made ??= loadLua().then(({ Lua }) => new Lua());
}
