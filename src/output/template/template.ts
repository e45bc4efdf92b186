/**
 * Go's text/template: `{{.Digest}}`, with the functions that regctl adds. A template reaches the data that it is given and
 * nothing else, and every run is bounded in steps, depth and output.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { Budget } from "./budget.ts";
import { toOutput } from "./bytes.ts";
import { execute } from "./exec.ts";
import { fail, type Source } from "./failure.ts";
import { FUNCTIONS } from "./functions.ts";
import { parseTemplate, type Trees } from "./parse.ts";
import type { GoFunction } from "./value.ts";

export { GoTime } from "./time_value.ts";
export { GoFloat, type GoFunction, goStruct, type GoStructSpec, GoValue, JsonText, type Parameter } from "./value.ts";

/** What a template reaches besides its data. */
export interface TemplateOptions {
  /** Name in messages: `template: NAME:1:5: ...`; `out` unless given. */
  readonly name?: string;
  /** Gives the function `env` its values; without it, those of the process. */
  readonly env?: (name: string) => string | undefined;
  /** Gives the function `file` its text; without it, files are read as UTF-8. */
  readonly readFile?: (path: string) => string;
  /** Functions besides those that there are, by name. */
  readonly functions?: Readonly<Record<string, GoFunction>>;
  /** Milliseconds since 1970, for `time.Now`. */
  readonly now?: () => number;
}

/** A template that is known to be well formed. */
export interface Template {
  /**
   * Renders the template with this data: plain JSON-like values, whose whole numbers are ints, and GoValues.
   *
   * @throws {FerryError} TEMPLATE_INVALID
   */
  render(data: unknown): string;
}

const NAMES: ReadonlySet<string> = new Set(FUNCTIONS.keys());

/**
 * Parses a template, so that its mistakes show before any work is done.
 *
 * @throws {FerryError} TEMPLATE_INVALID, in Go's words with the line
 *
 * @example
 * ```ts
 * import { compileTemplate } from "./template.ts";
 * const template = compileTemplate('{{range .Tags}}{{printf "%-6s|" .}}{{end}}');
 * if (template.render({ Tags: ["1.0", "latest"] }) !== "1.0   |latest|") throw new Error("not rendered");
 * ```
 */
export function compileTemplate(text: string, options: TemplateOptions = {}): Template {
  const source = { name: options.name ?? "out", text: text.toWellFormed() };
  const functions = new Map(Object.entries(options.functions ?? {}));
  const trees = parse(source, functions.size === 0 ? NAMES : new Set([...NAMES, ...functions.keys()]));
  return {
    render: (data) => {
      const context = {
        budget: new Budget(),
        env: options.env ?? ((name: string) => Deno.env.get(name)),
        readFile: options.readFile ?? ((path: string) => readFileSync(path, "utf8")),
        now: options.now ?? Date.now,
        functions,
      };
      return toOutput(execute(source, trees, data, context));
    },
  };
}

/**
 * Renders a template once.
 *
 * @throws {FerryError} TEMPLATE_INVALID, in Go's words with line and column
 *
 * @example
 * ```ts
 * import { renderTemplate } from "./template.ts";
 * if (renderTemplate("{{.os}}/{{.arch}}", { os: "linux", arch: "arm64" }) !== "linux/arm64") throw new Error("wrong");
 * ```
 */
export function renderTemplate(text: string, data: unknown, options: TemplateOptions = {}): string {
  return compileTemplate(text, options).render(data);
}

function parse(source: Source, names: ReadonlySet<string>): Trees {
  try {
    return parseTemplate(source, names);
  } catch (error) {
    // The engine's stack overflows on blocks nested thousands deep.
    if (error instanceof RangeError) {
      throw fail(`template: ${source.name}:1: blocks are nested too deep`, undefined, error);
    }
    throw error;
  }
}
