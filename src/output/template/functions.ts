/**
 * The functions that templates can call (Go, text/template, "Functions", and those that regctl adds).
 *
 * @module
 */
import type { Budget } from "./budget.ts";
import { equal, less, lessOrEqual } from "./compare.ts";
import { escapeHtml, escapeJs, escapeQuery } from "./escape.ts";
import { index, length, slice } from "./index.ts";
import { encodeJson, encodePrettyJson } from "./json.ts";
import { lower, title, upper } from "./letter_case.ts";
import { sprint, sprintf, sprintln } from "./printf.ts";
import { GoTime } from "./time_value.ts";
import {
  type GoFunction,
  GoStrings,
  goStruct,
  GoValue,
  isInteger,
  isMap,
  itemAt,
  itemsOf,
  type Parameter,
  truth,
  typeName,
} from "./value.ts";

/** What functions work with. */
export interface FunctionContext {
  /** Bounds of the run. */
  readonly budget: Budget;
  /** An environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Text of a file; throws where it cannot be read. */
  readonly readFile: (path: string) => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Functions besides {@linkcode FUNCTIONS}, which win over them. */
  readonly functions: ReadonlyMap<string, GoFunction>;
}

/** A function with its parameters. */
export interface TemplateFunction extends Pick<GoFunction, "parameters" | "variadic"> {
  /** Gives the result. */
  readonly run: (context: FunctionContext, args: readonly unknown[]) => unknown;
}

const SPACE = /^[\p{White_Space}]$/u;

/** `and` and `or` stop at the first value that decides; they are evaluated elsewhere. */
const DECIDING: TemplateFunction = { parameters: ["value", "value"], variadic: true, run: () => undefined };

/** Functions by name. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map(Object.entries({
  and: DECIDING,
  call: variadic(["value", "value"], (_context, [callee]) => {
    throw new Error(
      callee === null || callee === undefined ? "call of nil" : `non-function of type ${typeName(callee)}`,
    );
  }),
  default: fixed(["any", "any"], (_context, [fallback, value]) => isZero(value) ? fallback : value),
  env: fixed(["string"], ({ env }, [name]) => env(name as string) ?? ""),
  eq: variadic(["value", "value"], (_context, [first, ...others]) => equal(first, others)),
  file: fixed(["string"], (context, [path]) => readFile(context, path as string)),
  ge: fixed(["value", "value"], (_context, [a, b]) => !less(a, b)),
  gt: fixed(["value", "value"], (_context, [a, b]) => !lessOrEqual(a, b)),
  html: variadic(["any"], (context, args) => escapeHtml(textOf(context, args))),
  index: variadic(["value", "value"], (_context, [item, ...keys]) => index(item, keys)),
  join: fixed(["strings", "string"], ({ budget }, [list, separator]) => join(budget, list, separator as string)),
  js: variadic(["any"], (context, args) => escapeJs(textOf(context, args))),
  json: fixed(["any"], ({ budget }, [value]) => orNothing(() => `${encodeJson(budget, value)}\n`)),
  jsonPretty: fixed(["any"], ({ budget }, [value]) => orNothing(() => `${encodePrettyJson(budget, value)}\n`)),
  le: fixed(["value", "value"], (_context, [a, b]) => lessOrEqual(a, b)),
  len: fixed(["value"], ({ budget }, [item]) => BigInt(length(budget, item))),
  lower: fixed(["string"], (_context, [text]) => lower(text as string)),
  lt: fixed(["value", "value"], (_context, [a, b]) => less(a, b)),
  ne: fixed(["value", "value"], (_context, [a, b]) => !equal(a, [b])),
  not: fixed(["value"], ({ budget }, [value]) => !budget.truth(value)),
  or: DECIDING,
  print: variadic(["any"], ({ budget }, args) => sprint(budget, args)),
  printPretty: fixed(["any"], ({ budget }, [value]) => printPretty(budget, value)),
  printf: variadic(["string", "any"], ({ budget }, [format, ...args]) => sprintf(budget, format as string, args)),
  println: variadic(["any"], ({ budget }, args) => sprintln(budget, args)),
  slice: variadic(["value", "value"], (_context, [item, ...bounds]) => slice(item, bounds)),
  split: fixed(["string", "string"], (_context, [text, separator]) => split(text as string, separator as string)),
  time: fixed([], ({ now }) => timeFunctions(now)),
  title: fixed(["string"], (_context, [text]) => title(text as string)),
  trimSpace: fixed(["string"], (_context, [text]) => trimSpace(text as string)),
  upper: fixed(["string"], (_context, [text]) => upper(text as string)),
  urlquery: variadic(["any"], (context, args) => escapeQuery(textOf(context, args))),
}));

function fixed(parameters: readonly Parameter[], run: TemplateFunction["run"]): TemplateFunction {
  return { parameters, run };
}

function variadic(parameters: readonly Parameter[], run: TemplateFunction["run"]): TemplateFunction {
  return { parameters, variadic: true, run };
}

/** Zero value of its type; lists and maps cannot be compared with theirs. */
function isZero(value: unknown): boolean {
  if (value !== null && value !== undefined && (itemsOf(value) !== undefined || isMap(value))) {
    throw new Error(`runtime error: comparing uncomparable type ${typeName(value)}`);
  }
  return !truth(value);
}

function readFile({ readFile, budget }: FunctionContext, path: string): string {
  let text: string;
  try {
    text = readFile(path);
  } catch {
    return "";
  }
  budget.characters(text.length);
  return trimSpace(text.toWellFormed());
}

/** One text is taken as it is, everything else is printed. */
function textOf({ budget }: FunctionContext, args: readonly unknown[]): string {
  const text = args.length === 1 && typeof args[0] === "string"
    ? args[0]
    : sprint(budget, args.map((value) => value === null || value === undefined ? "<no value>" : value));
  budget.characters(text.length * 6);
  return text;
}

function join(budget: Budget, list: unknown, separator: string): string {
  const items = list === null ? [] : itemsOf(list)!;
  const parts: string[] = [];
  let length = 0;
  for (let at = 0; at < items.length; at++) {
    const item = itemAt(list, at);
    const part = typeof item === "string" ? item : sprint(budget, [item]);
    length += part.length + separator.length;
    budget.step();
    parts.push(part);
  }
  budget.characters(length);
  return parts.join(separator);
}

/** Go splits by "" into characters, and "" by anything into one "". */
function split(text: string, separator: string): GoStrings {
  return new GoStrings(separator === "" ? Array.from(text) : text.split(separator));
}

function trimSpace(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && SPACE.test(text[start]!)) start++;
  while (end > start && SPACE.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** A value without JSON gives nothing, as regctl's functions do. */
function orNothing(encode: () => string): string {
  try {
    return encode();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("json: ")) return "";
    throw error;
  }
}

function printPretty(budget: Budget, value: unknown): string {
  const text = value instanceof GoValue ? value.pretty() : undefined;
  return text ?? orNothing(() => `${encodePrettyJson(budget, value)}\n`);
}

function timeFunctions(now: () => number): GoValue {
  return goStruct({
    type: "*template.TimeFuncs",
    methods: {
      Now: () => GoTime.fromMilliseconds(now()),
      Parse: {
        parameters: ["string", "string"],
        call: (layout: unknown, value: unknown) => GoTime.parse(layout as string, value as string),
      },
    },
  });
}

/** True where the parameter takes the value. */
export function accepts(parameter: Parameter, value: unknown): boolean {
  switch (parameter) {
    case "string":
      return typeof value === "string";
    case "int":
      return typeof value === "bigint";
    case "float64":
      return typeof value === "number";
    case "strings":
      return itemsOf(value) !== undefined && !(value instanceof Uint8Array);
    case "time.Duration":
      return isInteger(value) && typeName(value) === "time.Duration";
    case "time.Time":
      return value instanceof GoTime;
  }
  return true;
}
