/**
 * index, slice and len (Go, text/template, "Functions"). Strings are indexed by bytes.
 *
 * @module
 */
import type { Budget } from "./budget.ts";
import { mapType } from "./go_map.ts";
import { byteLength, fromBytes, isAscii, toBytes } from "./bytes.ts";
import { fromHost, GoInt, GoStrings, integerOf, isInteger, isMap, itemAt, itemsOf, typeName } from "./value.ts";

/** The element at `keys`, one after the other; null where a map has none. */
export function index(item: unknown, keys: readonly unknown[]): unknown {
  if (item === null || item === undefined) throw new Error("index of untyped nil");
  let value: unknown = item;
  for (const key of keys) {
    if (value === null || value === undefined) throw new Error("index of nil pointer");
    value = indexOne(value, key);
  }
  return value;
}

/** Part of a list or string. */
export function slice(item: unknown, bounds: readonly unknown[]): unknown {
  if (item === null || item === undefined) throw new Error("slice of untyped nil");
  if (bounds.length > 3) throw new Error(`too many slice indexes: ${bounds.length}`);
  if (typeof item === "string" && bounds.length === 3) throw new Error("cannot 3-index slice a string");
  const items = itemsOf(item);
  if (typeof item !== "string" && items === undefined) throw new Error(`can't slice item of type ${typeName(item)}`);
  const size = typeof item === "string" ? byteLength(item) : items!.length;
  const [from = 0, to = size, capacity = size] = bounds.map((bound) => position(bound, size));
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  if (to > capacity) throw new Error(`invalid slice index: ${to} > ${capacity}`);
  if (typeof item === "string") {
    return isAscii(item) ? item.slice(from, to) : fromBytes(toBytes(item).subarray(from, to));
  }
  if (item instanceof GoStrings) return new GoStrings(item.items.slice(from, to));
  return item instanceof Uint8Array ? item.subarray(from, to) : (item as unknown[]).slice(from, to);
}

/** Number of elements, of keys, or of a string's bytes. */
export function length(budget: Budget, item: unknown): number {
  if (item === null) throw new Error("len of nil pointer");
  if (typeof item === "string") return byteLength(item);
  const items = itemsOf(item);
  if (items !== undefined) return items.length;
  if (item !== undefined && isMap(item)) return budget.keys(item).length;
  throw new Error(item === undefined ? "len of untyped nil" : `len of type ${typeName(item)}`);
}

function indexOne(value: unknown, key: unknown): unknown {
  if (typeof value === "string") {
    const bytes = toBytes(value);
    const at = position(key, bytes.length);
    if (at === bytes.length) throw new Error(`index out of range: ${at}`);
    return new GoInt(BigInt(bytes[at]!), "uint8");
  }
  const items = itemsOf(value);
  if (items !== undefined) {
    const at = position(key, items.length);
    if (at === items.length) throw new Error(`index out of range: ${at}`);
    return itemAt(value, at);
  }
  if (!isMap(value)) throw new Error(`can't index item of type ${typeName(value)}`);
  if (key === null || key === undefined) throw new Error("value is nil; should be of type string");
  if (typeof key !== "string") throw new Error(`value has type ${typeName(key)}; should be string`);
  return Object.hasOwn(value, key) ? fromHost(value[key]) : mapType(value)?.zero ?? null;
}

function position(index: unknown, size: number): number {
  if (index === null || index === undefined) throw new Error("cannot index slice/array with nil");
  if (!isInteger(index)) throw new Error(`cannot index slice/array with type ${typeName(index)}`);
  const at = integerOf(index);
  if (at < 0n || at > BigInt(size)) throw new Error(`index out of range: ${at}`);
  return Number(at);
}
