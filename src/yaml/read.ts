/**
 * From a file's text to its value: parsed, checked, every mistake told at once.
 *
 * @module
 */
import { type CheckOptions, checkYaml } from "./check.ts";
import { type FormatMistake, type FormatOptions, FORMATS } from "./formats.ts";
import { parseYaml } from "./parse.ts";
import { ProblemList } from "./problem.ts";
import type { Shape, TextFormat, ValueOf } from "./shape.ts";
import { formatPath, type Position, positionAt, type YamlPath } from "./tree.ts";

/** A file that was read. */
export interface YamlFile<V> {
  /** Its value. */
  readonly value: V;
  /** What is odd about it, and what is found later; `throwErrors` ends the work where that holds errors. */
  readonly problems: ProblemList;
  /** Where the value at a path is. */
  at(path: YamlPath): Position;
  /** Adds a problem with the value at a path. */
  tell(path: YamlPath, mistake: FormatMistake): void;
}

/**
 * Reads a yaml text of a given form. An empty one is an empty mapping.
 *
 * @throws {FerryError} CONFIG_INVALID that lists every mistake as file:line:column
 *
 * @example
 * ```ts
 * import { readYaml } from "./read.ts";
 * import { COUNT, listOf, objectOf, TEXT } from "./shape.ts";
 * const FORM = objectOf("example", {
 *   size: { shape: COUNT, summary: "how many" },
 *   names: { shape: listOf(TEXT), summary: "which" },
 * });
 * const { value } = await readYaml("size: 3\nnames: [a, 1.10]\n", "x.yml", FORM);
 * if (value.size !== 3 || value.names?.join() !== "a,1.10") throw new Error();
 * ```
 */
export async function readYaml<const S extends Shape>(
  text: string,
  file: string,
  shape: S,
  options: CheckOptions & FormatOptions = {},
): Promise<YamlFile<ValueOf<S>>> {
  const problems = new ProblemList(file);
  const parsed = parseYaml(text, problems);
  problems.throwErrors();
  if (parsed === undefined) throw new Error("A document without mistakes has a value");
  const root = parsed.kind === "scalar" && parsed.value === null
    ? { kind: "map", at: parsed.at, entries: new Map() } as const
    : parsed;
  const { texts, value } = checkYaml(root, shape, problems, options);
  const tell = (path: YamlPath, at: Position, { hint, message, severity = "error" }: FormatMistake) =>
    problems.add({ path: formatPath(path), ...at, message, ...(hint === undefined ? {} : { hint }), severity });
  for (const format of new Set<TextFormat>(texts.map((one) => one.format))) {
    const check = await FORMATS[format](options);
    for (const one of texts) {
      const mistake = one.format === format ? check(one.text) : undefined;
      if (mistake !== undefined) tell(one.path, one.at, one.secret ? secretMistake(format) : mistake);
    }
  }
  problems.throwErrors();
  return {
    value: value as ValueOf<S>,
    problems,
    at: (path) => positionAt(root, path),
    tell: (path, mistake) => tell(path, positionAt(root, path), mistake),
  };
}

/** The mistake's own words may quote the text. */
function secretMistake(format: TextFormat): FormatMistake {
  return { message: `This is not a valid ${format}`, hint: 'write {{ "{{" }} for two braces' };
}
