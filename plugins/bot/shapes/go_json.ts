/**
 * JSON as Go writes it, so that what a script exports has the digest that regbot gives it.
 *
 * @module
 */
import type { JsonObject } from "../../../src/mod.ts";

/** Compact JSON with `<`, `>` and `&` escaped (Go, package encoding/json, "HTMLEscape"). */
export function goJson(json: JsonObject): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(json).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return new TextEncoder().encode(text);
}
