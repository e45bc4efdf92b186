/**
 * From JSON to what a script reads.
 *
 * @module
 */
import { type JsonObject, LuaLazy, type LuaValue } from "../../../src/mod.ts";
import type { FieldType, Shape } from "./shape.ts";
import { goTime } from "./time.ts";

/** A record's fields under both their names; each name stands for the same table. Missing texts are empty, missing lists and maps too. */
export function toScript(json: JsonObject, shape: Shape): Map<string, LuaValue> {
  const fields = new Map<string, LuaValue>();
  for (const { go, json: name, type } of shape) {
    if (name === undefined) {
      if (typeof type === "string" || !("embedded" in type)) continue;
      const inner = toScript(json, type.embedded);
      // Scripts of people who read JSON look for them here; names of the record itself are not hidden.
      for (const [key, value] of inner) if (!fields.has(key)) fields.set(key, value);
      fields.set(go, inner);
      continue;
    }
    const value = valueOf(json[name], type);
    fields.set(go, value);
    if (name !== go) fields.set(name, value);
  }
  return fields;
}

function valueOf(value: unknown, type: FieldType): LuaValue {
  switch (type) {
    case "text":
      return typeof value === "string" ? value : "";
    case "number":
      return typeof value === "number" ? value : undefined;
    case "flag":
      return value === true;
    case "time":
      return typeof value === "string" ? goTime(value) ?? value : undefined;
    case "bytes":
      return bytesOf(value);
    case "texts":
      return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
    case "textMap":
      return new Map(
        Object.entries(recordOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
      );
    case "names":
      return new Map(Object.keys(recordOf(value)).map((name) => [name, new Map()]));
  }
  // Most of what is in an image is not looked at.
  if ("record" in type) return new LuaLazy(() => toScript(recordOf(value), type.record));
  if ("optional" in type) return isRecord(value) ? new LuaLazy(() => toScript(value, type.optional)) : undefined;
  if (!("list" in type)) return undefined;
  return new LuaLazy(() => Array.isArray(value) ? value.map((item) => toScript(recordOf(item), type.list)) : []);
}

function bytesOf(value: unknown): number[] {
  if (typeof value !== "string") return [];
  try {
    return [...Uint8Array.fromBase64(value)];
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function recordOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}
