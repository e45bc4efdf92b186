/**
 * From what a script made of a record back to JSON.
 *
 * @module
 */
import { type JsonObject, type LuaRead, LuaTable } from "../../../src/mod.ts";
import type { Field, FieldType, Shape } from "./shape.ts";

/**
 * The record as a script left it, in the order of its shape; fields that the shape does not know stay as they were. Values of a wrong
 * type are left out, as regbot does.
 */
export function fromScript(table: LuaTable, shape: Shape, original: JsonObject): JsonObject {
  const result: JsonObject = {};
  const known = new Set<string>();
  put(result, known, table, shape, original);
  for (const [name, value] of Object.entries(original)) if (!known.has(name)) result[name] = value;
  return result;
}

function put(result: JsonObject, known: Set<string>, table: LuaTable, shape: Shape, original: JsonObject): void {
  for (const field of shape) {
    const { go, json: name, type } = field;
    if (name === undefined) {
      const inner = table.get(go);
      if (typeof type !== "string" && "embedded" in type && inner instanceof LuaTable) {
        put(result, known, inner, type.embedded, original);
      }
      continue;
    }
    known.add(name);
    const value = chosen(valueOf(table.get(name), type, original[name]), table, field, original[name]);
    if (value !== undefined && !(field.omit && isEmpty(value, field, original))) result[name] = value;
  }
}

/** A field has two names: where a script changed the value under Go's alone, that one counts. */
function chosen(value: unknown, table: LuaTable, { go, json, type }: Field, original: unknown): unknown {
  if (go === json || table.get(go) === table.get(json!)) return value;
  const isUnchanged = same(value, original) || (original === undefined && isNothing(value));
  return isUnchanged ? valueOf(table.get(go), type, original) : value;
}

/** Equal as JSON, whatever the order of names. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sortNames(a)) === JSON.stringify(sortNames(b));
}

function sortNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortNames);
  if (!isRecord(value)) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(sorted.map(([name, inner]) => [name, sortNames(inner)]));
}

function isNothing(value: unknown): boolean {
  if (value === "" || value === false || value === 0 || value === undefined) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function valueOf(value: LuaRead, type: FieldType, original: unknown): unknown {
  switch (type) {
    case "text":
      return typeof value === "string" ? value : "";
    case "number":
      return typeof value === "number" ? Math.trunc(value) : undefined;
    case "flag":
      return value === true;
    case "time":
      return original;
    case "bytes": {
      const bytes = listOf(value).filter((item) => typeof item === "number");
      return bytes.length === 0 ? "" : new Uint8Array(bytes).toBase64();
    }
    case "texts":
      return listOf(value).filter((item) => typeof item === "string");
    case "textMap":
      return Object.fromEntries(sorted(value).filter(([, text]) => typeof text === "string"));
    case "names":
      return Object.fromEntries(sorted(value).map(([name]) => [name, {}]));
  }
  const before = isRecord(original) ? original : {};
  if ("record" in type) return fromScript(value instanceof LuaTable ? value : EMPTY, type.record, before);
  if ("optional" in type) return value instanceof LuaTable ? fromScript(value, type.optional, before) : undefined;
  if ("list" in type) {
    const items = Array.isArray(original) ? original : [];
    return listOf(value).map((item, at) =>
      fromScript(item instanceof LuaTable ? item : EMPTY, type.list, isRecord(items[at]) ? items[at] : {})
    );
  }
  return undefined;
}

const EMPTY = new LuaTable(new Map());

/** Empty values are left out; but for what was there and empty before. */
function isEmpty(value: unknown, { json }: Field, original: JsonObject): boolean {
  if (original[json!] !== undefined && same(original[json!], value)) return false;
  return isNothing(value);
}

function listOf(value: LuaRead): LuaRead[] {
  return value instanceof LuaTable ? value.list() : [];
}

/** Go writes maps in the order of their keys. */
function sorted(value: LuaRead): [string, LuaRead][] {
  if (!(value instanceof LuaTable)) return [];
  return [...value.entries].filter((entry): entry is [string, LuaRead] => typeof entry[0] === "string")
    .sort(([a], [b]) => a < b ? -1 : 1);
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
