/**
 * What is wrong with a file that a person wrote.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/** One problem of a file. */
export interface FileProblem {
  /** Where in the document: `sync[0].tags.allow`; "" for the document itself. */
  readonly path: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1, in characters. */
  readonly column: number;
  /** What is wrong; sentence case, no full stop. */
  readonly message: string;
  /** How to fix it. */
  readonly hint?: string;
  /** Errors stop the work, warnings do not. */
  readonly severity: "error" | "warning";
}

/** Most problems that a message lists. */
const MOST_LISTED = 50;

/** Gathers the problems of a file; the same one at the same place counts once. */
export class ProblemList {
  /** Name of the file, for people. */
  readonly file: string;
  readonly #problems = new Map<string, FileProblem>();

  /** An empty list. */
  constructor(file: string) {
    this.file = file;
  }

  /** Adds a problem. */
  add(problem: FileProblem): void {
    const key = `${problem.line}:${problem.column}:${problem.message}`;
    if (!this.#problems.has(key)) this.#problems.set(key, problem);
  }

  /** Problems that stop the work, in the file's order. */
  get errors(): readonly FileProblem[] {
    return this.#of("error");
  }

  /** Problems that do not, in the file's order. */
  get warnings(): readonly FileProblem[] {
    return this.#of("warning");
  }

  /**
   * Throws where there are errors.
   *
   * @throws {FerryError} CONFIG_INVALID with every one of them as file:line:column
   */
  throwErrors(): void {
    const { errors, file } = this;
    const [first] = errors;
    if (first === undefined) return;
    if (errors.length === 1) {
      const hint = first.hint === undefined ? {} : { hint: first.hint };
      throw new FerryError("CONFIG_INVALID", problemText(file, first, false), hint);
    }
    const listed = errors.slice(0, MOST_LISTED).map((problem) => `\n  ${problemText(file, problem)}`);
    const more = errors.length > MOST_LISTED ? `\n  and ${errors.length - MOST_LISTED} more` : "";
    throw new FerryError("CONFIG_INVALID", `File "${file}" has ${errors.length} mistakes:${listed.join("")}${more}`);
  }

  #of(severity: FileProblem["severity"]): readonly FileProblem[] {
    return [...this.#problems.values()].filter((problem) => problem.severity === severity)
      .sort((a, b) => a.line - b.line || a.column - b.column);
  }
}

/** A problem in one line: `file:line:column: path: message (hint)`. */
export function problemText(file: string, problem: FileProblem, withHint = true): string {
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const hint = withHint && problem.hint !== undefined ? ` (${problem.hint})` : "";
  return `${file}:${problem.line}:${problem.column}: ${path}${problem.message}${hint}`;
}
