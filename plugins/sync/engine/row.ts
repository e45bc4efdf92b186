/**
 * What became of one image at one target: a row of the table and of the report.
 *
 * @module
 */
import type { FerryError } from "../../../src/mod.ts";

/**
 * What became of it. `needed` and `would-prune` are what a check or a plan found to do, `passed` an image of a kind that is not copied,
 * `unchosen` a tag that the rules leave out, `refresh` an image that is the same and would be copied all the same.
 */
export type Outcome =
  | "copied"
  | "unchanged"
  | "exists"
  | "needed"
  | "refresh"
  | "passed"
  | "unchosen"
  | "failed"
  | "untried"
  | "pruned"
  | "would-prune";

/** One image at one target. */
export interface Row {
  /** Name of the step. */
  readonly step: string;
  /** Image at the source; "" for a tag that is only at the target. */
  readonly source: string;
  /** Image at the target. */
  readonly target: string;
  /** What became of it. */
  readonly outcome: Outcome;
  /** Why, in a few words. */
  readonly why: string;
  /** Digest that the target names now. */
  readonly digest?: string;
  /** Digest that the target named before. */
  readonly before?: string;
  /** Bytes of blobs that were sent. */
  readonly bytes?: number;
  /** Milliseconds that the copy took. */
  readonly milliseconds?: number;
  /** Tries, where there was more than one. */
  readonly tries?: number;
  /** Why it failed. */
  readonly error?: FerryError;
}

/** Outcomes that say that there is something to do. */
export const TO_DO: ReadonlySet<Outcome> = new Set(["needed", "would-prune"]);
/** Outcomes that say that something is wrong. */
export const WRONG: ReadonlySet<Outcome> = new Set(["failed", "untried"]);
/** Outcomes that nobody needs to read one by one: they are only counted. */
const QUIET: ReadonlySet<Outcome> = new Set(["unchanged", "exists", "unchosen", "refresh"]);

/** Rows of a pass: counts of all, and those that are worth reading. */
export class Rows {
  /** How many rows there are of an outcome. */
  readonly counts = new Map<Outcome, number>();
  /** Rows worth reading, in the order in which they came. */
  readonly rows: Row[] = [];
  /** Bytes of blobs that were sent. */
  bytes = 0;
  readonly #all: boolean;

  /** `all` keeps the quiet ones as well. */
  constructor(all = false) {
    this.#all = all;
  }

  /** Takes a row. */
  add(row: Row): void {
    this.counts.set(row.outcome, this.count(row.outcome) + 1);
    this.bytes += row.bytes ?? 0;
    if (this.#all || !QUIET.has(row.outcome)) this.rows.push(row);
  }

  /** How many rows have one of these outcomes. */
  count(...outcomes: Outcome[]): number {
    return outcomes.reduce((sum, outcome) => sum + (this.counts.get(outcome) ?? 0), 0);
  }

  /** How many rows have one of a set of outcomes. */
  countOf(outcomes: ReadonlySet<Outcome>): number {
    return this.count(...outcomes);
  }

  /** How many rows there are. */
  get total(): number {
    return this.count(...this.counts.keys());
  }
}
