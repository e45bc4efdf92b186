/**
 * Regular expressions from users, in Go's syntax (RE2) and linear time.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/** Says whether a name is wanted. */
export type NameFilter = (name: string) => boolean;

/** Expressions to choose names with. Each must match the whole name, as `^(?:expression)$` would. */
export interface FilterExpressions {
  /** A name must match one of these, where there are any. */
  readonly include?: readonly string[];
  /** A name must match none of these. */
  readonly exclude?: readonly string[];
}

/**
 * Makes a filter of names. Nothing is loaded where there are no expressions.
 *
 * @throws {FerryError} FLAG_INVALID for an expression that is not valid
 */
export async function createNameFilter(expressions: FilterExpressions): Promise<NameFilter> {
  const { include = [], exclude = [] } = expressions;
  if (include.length === 0 && exclude.length === 0) return () => true;
  const { RE2JS } = await import("re2js");
  const compile = (expression: string) => {
    try {
      const compiled = RE2JS.compile(expression);
      return (name: string) => compiled.matches(name);
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new FerryError("FLAG_INVALID", `Regular expression "${expression}" is not valid: ${words}`, {
        hint: "expressions are in Go's syntax and match the whole name",
        cause,
      });
    }
  };
  const included = include.map(compile);
  const excluded = exclude.map(compile);
  return (name) =>
    (included.length === 0 || included.some((matches) => matches(name))) && !excluded.some((matches) => matches(name));
}
