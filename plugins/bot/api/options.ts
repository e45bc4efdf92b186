/**
 * Tables of options that functions take.
 *
 * @module
 */
import { type LuaCall, type LuaRead, LuaTable, parseDuration } from "../../../src/mod.ts";

/** `{limit=, last=}`. Nothing else, or values that are of no use, count as not given. */
export function listOptions(call: LuaCall, at: number): { readonly limit?: number; readonly last?: string } {
  if (call.count < at || call.type(at) === "nil") return {};
  const table = call.table(at);
  const limit = table.get("limit");
  const last = table.get("last");
  return {
    ...(typeof limit === "number" && limit > 0 ? { limit: Math.trunc(limit) } : {}),
    ...(typeof last === "string" && last !== "" ? { last } : {}),
  };
}

/** A table of options, empty where there is none. */
export function optionsAt(call: LuaCall, at: number): LuaTable {
  return call.count < at || call.type(at) === "nil" ? new LuaTable(new Map()) : call.table(at);
}

/** Texts of a list; one text counts as a list of one. */
export function textsOf(value: LuaRead): string[] {
  if (typeof value === "string") return [value];
  return value instanceof LuaTable ? value.list().filter((item) => typeof item === "string") : [];
}

/** A duration in Go's form, in milliseconds. */
export function durationAt(call: LuaCall, at: number, otherwise: string, what: string): number {
  const text = call.count < at || call.type(at) === "nil" ? otherwise : call.text(at);
  return parseDuration(text) ?? call.bad(at, `Failed parsing ${what} ${text}: use a duration such as 5m`);
}
