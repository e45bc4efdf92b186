/**
 * JSON text of values, as Go's encoding/json writes it without HTML escapes.
 *
 * @module
 */
import { indentJson } from "../json_text.ts";
import type { Budget } from "./budget.ts";
import { escapedByte } from "./bytes.ts";
import { mapType } from "./go_map.ts";
import { fromHost, GoComplex, GoInt, GoStrings, GoValue, isMap, itemAt, JsonText, typeName } from "./value.ts";

/** Compact JSON; throws an Error where the value has none. */
export function encodeJson(budget: Budget, value: unknown): string {
  return encode(budget, value, true);
}

/** JSON indented by two spaces. */
export function encodePrettyJson(budget: Budget, value: unknown): string {
  return indentJson(encodeJson(budget, value));
}

/** `sorts`: keys of objects are sorted, as those of Go's maps are; a value's own JSON keeps its order. */
function encode(budget: Budget, value: unknown, sorts: boolean): string {
  budget.step();
  switch (typeof value) {
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      if (!Number.isFinite(value)) throw new Error(`json: unsupported value: ${value}`);
      return Object.is(value, -0) ? "-0" : String(value);
    case "string":
      budget.characters(value.length);
      return encodeString(value);
  }
  if (value === null || value === undefined) return "null";
  if (value instanceof JsonText) return compact(value.text);
  if (value instanceof GoInt) return String(value.value);
  if (value instanceof GoComplex) throw new Error(`json: unsupported type: ${typeName(value)}`);
  if (value instanceof GoValue) return encode(budget, fromHost(value.json()), false);
  if (value instanceof Uint8Array) return `"${value.toBase64()}"`;
  if (value instanceof GoStrings && value.nil) return "null";
  if (Array.isArray(value) || value instanceof GoStrings) {
    const length = Array.isArray(value) ? value.length : value.items.length;
    const parts: string[] = [];
    for (let at = 0; at < length; at++) parts.push(encode(budget, itemAt(value, at), sorts));
    return join(budget, parts, "[", "]");
  }
  if (!isMap(value)) throw new Error(`json: unsupported type: ${typeName(value)}`);
  const type = mapType(value);
  if (type?.nil === true) return "null";
  const keys = sorts || type !== undefined
    ? budget.keys(value)
    : Object.keys(value).filter((key) => value[key] !== undefined);
  const parts = keys.map((key) => `${encodeString(key)}:${encode(budget, fromHost(value[key]), sorts)}`);
  return join(budget, parts, "{", "}");
}

function join(budget: Budget, parts: readonly string[], open: string, close: string): string {
  const text = open + parts.join(",") + close;
  budget.characters(text.length);
  return text;
}

function encodeString(text: string): string {
  let escaped = JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  if (!text.isWellFormed()) {
    escaped = escaped.replaceAll(
      /\\ud([c-f])([0-9a-f]{2})/g,
      (whole) => escapedByte(parseInt(whole.slice(2), 16)) === undefined ? whole : "\\ufffd",
    );
  }
  return escaped;
}

/** The text without blanks between its tokens; all else stays as it is. */
function compact(text: string): string {
  JSON.parse(text);
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|\s+/g, (token) => token.startsWith('"') ? token : "");
}
