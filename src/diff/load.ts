/**
 * Loads the comparison of lines when a command needs it.
 *
 * @module
 */

/** What compares lines. */
export type DiffModule = typeof import("./hunks.ts");

/** Loads it. */
export function loadDiff(): Promise<DiffModule> {
  return import("./hunks.ts");
}
