/**
 * Loads the rules over tags and versions when they are asked for.
 *
 * @module
 */

/** The parts of the rules. */
export type FilterModule = typeof import("./mod.ts");

/** Loads them. */
export function loadFilter(): Promise<FilterModule> {
  return import("./mod.ts");
}
