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

/** An expression that was read. It matches whole names. */
export interface Expression {
  /** As it was written. */
  readonly text: string;
  /** True when it matches the whole name. */
  matches(name: string): boolean;
  /**
   * The function that gives a new name where the expression matches, else undefined. In `replacement`, `$1`, `${1}` and
   * `${name}` stand for what a group matched, `$$` for a dollar.
   *
   * @throws {FerryError} where the replacement names a group that is not there
   */
  rewriter(replacement: string): (name: string) => string | undefined;
}

/** Reads an expression. */
export type CompileExpression = (text: string) => Expression;

/**
 * Loads the engine. The function that it gives throws a {@linkcode FerryError} with `code` for what is not valid.
 *
 * @example
 * ```ts
 * import { loadExpressions } from "./regexp.ts";
 * const compile = await loadExpressions("CONFIG_INVALID");
 * if (compile("v(\\d+)").rewriter("release-$1")("v12") !== "release-12") throw new Error();
 * ```
 */
export async function loadExpressions(code: "FLAG_INVALID" | "CONFIG_INVALID"): Promise<CompileExpression> {
  const { RE2JS } = await import("re2js");
  return (text) => {
    const invalid = (what: string, cause?: unknown) =>
      new FerryError(code, `Regular expression "${text}" is not valid: ${what}`, {
        hint: "expressions are in Go's syntax and match the whole name",
        cause,
      });
    let compiled: InstanceType<typeof RE2JS>;
    try {
      compiled = RE2JS.compile(text);
    } catch (cause) {
      throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
    }
    return {
      text,
      matches: (name) => compiled.matches(name),
      rewriter(replacement) {
        const groups = compiled.namedGroups();
        const parts = [...replacement.matchAll(/\$(?:(\d+)|\{(\w+)\}|(\$))|[^$]+|\$/g)].map(([word, number, name]) => {
          const group = number ?? name;
          if (group === undefined) return word === "$$" ? "$" : word;
          const index = /^\d+$/.test(group) ? Number(group) : groups[group];
          if (index === undefined || index > compiled.groupCount()) throw invalid(`it has no group "${group}"`);
          return index;
        });
        return (name) => {
          const matcher = compiled.matcher(name);
          if (!matcher.matches()) return undefined;
          return parts.map((part) => typeof part === "string" ? part : matcher.group(part) ?? "").join("");
        };
      },
    };
  };
}

/**
 * Makes a filter of names. Nothing is loaded where there are no expressions.
 *
 * @throws {FerryError} FLAG_INVALID for an expression that is not valid; `code` instead where it is given
 */
export async function createNameFilter(
  { include = [], exclude = [] }: FilterExpressions,
  code: "FLAG_INVALID" | "CONFIG_INVALID" = "FLAG_INVALID",
): Promise<NameFilter> {
  if (include.length === 0 && exclude.length === 0) return () => true;
  const compile = await loadExpressions(code);
  const included = include.map(compile);
  const excluded = exclude.map(compile);
  return (name) =>
    (included.length === 0 || included.some((one) => one.matches(name))) && !excluded.some((one) => one.matches(name));
}

/** True when an expression has an alternative outside of all groups; anchors around it without a group bind only to its ends. */
export function hasOpenAlternative(expression: string): boolean {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < expression.length; at++) {
    const char = expression[at];
    if (char === "\\") at++;
    else if (inClass) inClass = char !== "]";
    else if (char === "[") inClass = true;
    else if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (char === "|" && depth === 0) return true;
  }
  return false;
}
