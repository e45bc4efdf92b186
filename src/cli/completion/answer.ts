/**
 * What completion offers, in the form that cobra's scripts read: one candidate a line, a tab before its description, then a line
 * with a directive (cobra, "Debugging shell completion").
 *
 * @module
 */

/** What the shell is to do with the candidates; several are added up. */
export const DIRECTIVE = {
  /** The shell completes files where there is no candidate. */
  files: 0,
  /** No blank follows a candidate. */
  noSpace: 2,
  /** The shell does not complete files. */
  noFiles: 4,
  /** The shell completes folders. */
  folders: 16,
} as const;

/** Terminals must not be told what to do by names that come from elsewhere, and the form has no place for tabs and line ends. */
const CONTROL = /\p{Cc}/u;

/** Candidates as they are found; whatever is there when time is up is printed. */
export class Answer {
  /** What the shell does; no files unless told. */
  directive: number = DIRECTIVE.noFiles;
  readonly #candidates = new Map<string, string>();

  /** Offers a candidate, once. */
  add(value: string, description = ""): void {
    if (CONTROL.test(value) || this.#candidates.has(value)) return;
    this.#candidates.set(value, CONTROL.test(description) ? "" : description);
  }

  /** Offers those of `values` that start with `begun`, each behind `prefix`. */
  addMatching(values: Iterable<string>, begun: string, prefix = ""): void {
    for (const value of values) if (value.startsWith(begun)) this.add(prefix + value);
  }

  /** Says that candidates may go on: no blank follows them. */
  goesOn(): void {
    this.directive |= DIRECTIVE.noSpace;
  }

  /** Says that candidates are whole. */
  ends(): void {
    this.directive &= ~DIRECTIVE.noSpace;
  }

  /** True where nothing was offered. */
  get isEmpty(): boolean {
    return this.#candidates.size === 0;
  }

  /** The text for the shell. */
  format(descriptions: boolean): string {
    const lines = [...this.#candidates].map(([value, description]) =>
      descriptions && description !== "" ? `${value}\t${description}` : value
    );
    return [...lines, `:${this.directive}`].join("\n") + "\n";
  }
}
