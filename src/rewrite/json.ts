/**
 * JSON of manifests and configs as it is changed: read without loss, written in one form.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../oci/descriptor.ts";
import type { Shape } from "./shape.ts";

/** A number that JavaScript would round, as it was written. */
class LongNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What JSON.parse tells a reviver besides the value (ECMAScript, "JSON.parse source text access"). */
type SourceReviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/**
 * Reads a JSON object to be changed; numbers of any length keep their text.
 *
 * @throws {FerryError} MANIFEST_INVALID
 */
export function readJson(raw: Uint8Array, what: string): JsonObject {
  const reviver: SourceReviver = (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && !Number.isSafeInteger(value) ? new LongNumber(source) : value;
  let value: unknown;
  try {
    value = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw),
      reviver as (this: unknown, key: string, value: unknown) => unknown,
    );
  } catch (cause) {
    throw new FerryError("MANIFEST_INVALID", `${what} is not valid: it is not JSON`, { cause });
  }
  if (isJsonObject(value)) return value;
  throw new FerryError("MANIFEST_INVALID", `${what} is not valid: it is not a JSON object`);
}

/**
 * The text of a value: no blanks, known fields in the order of their shape, empty ones left out where that says so, the keys of maps
 * sorted, unknown fields behind the known ones. Tools written in Go write the same text for the same content.
 */
export function jsonText(value: unknown, shape?: Shape): string {
  if (value instanceof LongNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, shape)).join(",")}]`;
  if (typeof value === "string") return quoted(value);
  if (!isJsonObject(value)) return JSON.stringify(value ?? null);
  const parts: string[] = [];
  const add = (key: string, inner?: Shape) => parts.push(`${quoted(key)}:${jsonText(value[key], inner)}`);
  if (shape === "map") { for (const key of Object.keys(value).sort()) add(key); }
  else {
    for (const { name, keep, shape: inner } of shape ?? []) {
      if (value[name] !== undefined && (keep === true || !isEmpty(value[name]))) add(name, inner);
    }
    const known = new Set((shape ?? []).map(({ name }) => name));
    for (const key of Object.keys(value)) if (!known.has(key) && value[key] !== undefined) add(key);
  }
  return `{${parts.join(",")}}`;
}

/** The bytes of {@linkcode jsonText}. */
export function jsonBytes(value: unknown, shape: Shape): Uint8Array {
  return new TextEncoder().encode(jsonText(value, shape));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === "" || value === false || value === 0) return true;
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}

/** Go escapes what could be taken for a mark of HTML, or for a line end of JavaScript. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
