/**
 * Loads what makes and reads bundles when a command needs it.
 *
 * @module
 */

/** What `src/bundle/mod.ts` exports. */
export type BundleModule = typeof import("./mod.ts");

/** Loads it. */
export function loadBundle(): Promise<BundleModule> {
  return import("./mod.ts");
}
