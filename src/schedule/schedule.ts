/**
 * When something is to run again.
 *
 * @module
 */

/** Says when something is to run. */
export interface Schedule {
  /** The expression it was made from, for people. */
  readonly text: string;
  /** The first time strictly after `after`; milliseconds since 1970. Undefined where there is none any more. */
  next(after: number): number | undefined;
}
