/**
 * Checks a document against its shape and gives its value: every mistake is told, not just the first.
 *
 * @module
 */
import { suggestion } from "../cli/nearest.ts";
import { checkScalar } from "./check_scalar.ts";
import type { ProblemList } from "./problem.ts";
import type { Keys, Shape, TextFormat } from "./shape.ts";
import { formatPath, type Position, type YamlMap, type YamlNode, type YamlPath } from "./tree.ts";

/** How to check. */
export interface CheckOptions {
  /** Unknown keys are errors. */
  readonly strict?: boolean;
}

/** A text that must have a format; still to be looked at. */
export interface FormattedText {
  /** The format. */
  readonly format: TextFormat;
  /** The text. */
  readonly text: string;
  /** Where it is in the document. */
  readonly path: YamlPath;
  /** Where it is in the file. */
  readonly at: Position;
  /** No message may quote it. */
  readonly secret: boolean;
}

/** What a check gives. */
export interface Checked {
  /** The value; what is not valid is left out of it. Of the shape's type where there are no errors. */
  readonly value: unknown;
  /** Texts whose formats are still to be looked at. */
  readonly texts: readonly FormattedText[];
}

/** Checks a document. Problems go to the list. */
export function checkYaml(
  node: YamlNode,
  shape: Shape,
  problems: ProblemList,
  options: CheckOptions = {},
): Checked {
  const checker = new Checker(problems, options.strict ?? false);
  return { value: checker.check(node, shape, []), texts: checker.texts };
}

class Checker {
  readonly texts: FormattedText[] = [];
  readonly #problems: ProblemList;
  readonly #strict: boolean;

  constructor(problems: ProblemList, strict: boolean) {
    this.#problems = problems;
    this.#strict = strict;
  }

  check(node: YamlNode, shape: Shape, path: YamlPath): unknown {
    switch (shape.kind) {
      case "object":
        if (node.kind !== "map") return this.#wrong(node, shape, path);
        for (const group of shape.needs ?? []) {
          if (group.some((key) => isGiven(node, key))) continue;
          this.#tell(node.at, path, `Key ${group.map((key) => `"${key}"`).join(" or ")} is missing`);
        }
        return this.#object(node, shape.keys, path);
      case "map":
        if (node.kind !== "map") return this.#wrong(node, shape, path);
        return Object.fromEntries(
          [...node.entries].map(([key, { value }]) => [key, this.#item(value, shape.of, [...path, key])]),
        );
      case "list": {
        if (node.kind !== "list") return this.#wrong(node, shape, path);
        const items = node.items.map((item, at) => this.#item(item, shape.of, [...path, at]));
        if (items.length < (shape.min ?? 0)) this.#tell(node.at, path, `At least ${shape.min} must be given`);
        return items;
      }
      case "either": {
        const fitting = shape.of.find((one) => takes(one, node));
        return fitting === undefined ? this.#wrong(node, shape, path) : this.check(node, fitting, path);
      }
      default: {
        if (node.kind !== "scalar") return this.#wrong(node, shape, path);
        const { value, message, hint } = checkScalar(node, shape);
        if (message !== undefined) this.#tell(node.at, path, message, hint);
        else if (shape.kind === "text" && shape.format !== undefined) {
          const { format, secret = false } = shape;
          this.texts.push({ format, text: String(value), path, at: node.at, secret });
        }
        return value;
      }
    }
  }

  /** An item of a list or map: nothing is no item. */
  #item(node: YamlNode, shape: Shape, path: YamlPath): unknown {
    if (!isNothing(node)) return this.check(node, shape, path);
    // Go reads it as the zero value.
    if (shape.kind === "text" && shape.choices === undefined && shape.filled !== true) return "";
    return this.#wrong(node, shape, path);
  }

  #object(node: YamlMap, keys: Keys, path: YamlPath): Record<string, unknown> {
    const names = new Map<string, string>();
    for (const [name, { aliases = [] }] of Object.entries(keys)) {
      for (const spelling of [name, ...aliases]) names.set(spelling, name);
    }
    const value: Record<string, unknown> = {};
    for (const [spelling, entry] of node.entries) {
      const name = names.get(spelling);
      if (name === undefined) {
        if (!spelling.startsWith("x-")) this.#unknown(spelling, entry.at, path, names.keys());
        continue;
      }
      const key = keys[name]!;
      if (name !== spelling && isGiven(node, name)) {
        const words = `Key "${spelling}" means the same as "${name}", which is there too and counts`;
        this.#tell(entry.at, [...path, spelling], words, "keep one of them", "warning");
        continue;
      }
      if (isNothing(entry.value)) continue;
      if (key.deprecated !== undefined && !isEmptyText(entry.value)) {
        this.#tell(entry.at, [...path, spelling], `Key "${spelling}" is deprecated`, key.deprecated, "warning");
      }
      const checked = this.check(entry.value, key.shape, [...path, spelling]);
      if (checked !== undefined) value[name] = checked;
    }
    for (const [name, { required, aliases = [] }] of Object.entries(keys)) {
      if (required === true && ![name, ...aliases].some((spelling) => isGiven(node, spelling))) {
        this.#tell(node.at, path, `Key "${name}" is missing`);
      }
    }
    return value;
  }

  #unknown(spelling: string, at: Position, path: YamlPath, known: Iterable<string>): void {
    const hint = suggestion(spelling, known, 'names that begin with "x-" are free for your own use');
    this.#tell(at, [...path, spelling], `Key "${spelling}" is not known`, hint, this.#strict ? "error" : "warning");
  }

  #wrong(node: YamlNode, shape: Shape, path: YamlPath): undefined {
    this.#tell(node.at, path, `This must be ${describe(shape)}, not ${KINDS[isNothing(node) ? "nothing" : node.kind]}`);
    return undefined;
  }

  #tell(at: Position, path: YamlPath, message: string, hint?: string, severity: "error" | "warning" = "error"): void {
    this.#problems.add({
      path: formatPath(path),
      line: at.line,
      column: at.column,
      message,
      ...(hint === undefined ? {} : { hint }),
      severity,
    });
  }
}

const KINDS = { scalar: "a single value", list: "a list", map: "a mapping", nothing: "nothing" } as const;

/** What a shape is, in words. */
function describe(shape: Shape): string {
  switch (shape.kind) {
    case "text":
      return shape.choices === undefined ? "a text" : `one of ${shape.choices.join(", ")}`;
    case "number":
      return shape.whole === true ? "a whole number" : "a number";
    case "flag":
      return "true or false";
    case "duration":
      return "a duration";
    case "list":
      return "a list";
    case "map":
    case "object":
      return "a mapping";
    case "either":
      return shape.of.map(describe).join(" or ");
  }
}

function takes(shape: Shape, node: YamlNode): boolean {
  switch (shape.kind) {
    case "object":
    case "map":
      return node.kind === "map";
    case "list":
      return node.kind === "list";
    case "either":
      return shape.of.some((one) => takes(one, node));
    case "flag":
      return node.kind === "scalar" && (typeof node.value === "boolean");
    case "number":
      return node.kind === "scalar" && (typeof node.value === "number");
    default:
      return node.kind === "scalar";
  }
}

/** True for a value that says nothing: null counts as not given, as Go reads it. */
function isNothing(node: YamlNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

function isEmptyText(node: YamlNode): boolean {
  return node.kind === "scalar" && node.text === "";
}

function isGiven(node: YamlMap, key: string): boolean {
  const entry = node.entries.get(key);
  return entry !== undefined && !isNothing(entry.value);
}
