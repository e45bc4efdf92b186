/**
 * eq, ne, lt, le, gt, ge (Go, text/template, "Functions").
 *
 * @module
 */
import { compareBytes } from "./bytes.ts";
import { GoComplex, GoInt, GoNil, GoStrings, GoValue, integerOf, isInteger, isMap, typeName } from "./value.ts";

type Kind = "bool" | "complex" | "int" | "uint" | "float" | "string" | "other";

/** True where `first` equals one of `others`. */
export function equal(first: unknown, others: readonly unknown[]): boolean {
  if (others.length === 0) throw new Error("missing argument for comparison");
  return others.some((other) => equalTwo(first, other));
}

/** True where `a` is before `b`. */
export function less(a: unknown, b: unknown): boolean {
  const [x, y] = [kindOf(a), kindOf(b)];
  if (x === "other" || y === "other") throw new Error("invalid type for comparison");
  if (isInteger(a) && isInteger(b)) return integerOf(a) < integerOf(b);
  if (x !== y) throw incompatible(a, b);
  if (typeof a === "number") return a < (b as number);
  if (typeof a === "string") return compareBytes(a, b as string) < 0;
  throw new Error("invalid type for comparison");
}

/** True where `a` is before or equal to `b`. */
export function lessOrEqual(a: unknown, b: unknown): boolean {
  return less(a, b) || equalTwo(a, b);
}

function equalTwo(a: unknown, b: unknown): boolean {
  const [x, y] = [kindOf(a), kindOf(b)];
  if (isInteger(a) && isInteger(b)) return integerOf(a) === integerOf(b);
  if (x !== y) {
    if (isNothing(a) || isNothing(b)) return false;
    throw incompatible(a, b);
  }
  if (x !== "other") return a instanceof GoComplex ? equalComplex(a, b as GoComplex) : a === b;
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (shapeOf(a) !== shapeOf(b)) {
    throw new Error(`non-comparable types ${typeName(a)}, ${typeName(b)}`);
  }
  if (!(a instanceof GoValue) || !(b instanceof GoValue)) throw new Error(`non-comparable type ${typeName(b)}`);
  return a.type === b.type && a.equals(b);
}

function equalComplex(a: GoComplex, b: GoComplex): boolean {
  return a.real === b.real && a.imaginary === b.imaginary;
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value instanceof GoNil;
}

function incompatible(a: unknown, b: unknown): Error {
  return new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value) || value instanceof GoStrings || value instanceof Uint8Array) return "list";
  return isMap(value) ? "map" : "struct";
}

function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "boolean":
      return "bool";
    case "string":
      return "string";
  }
  if (value instanceof GoInt) return value.signed ? "int" : "uint";
  return value instanceof GoComplex ? "complex" : "other";
}
