/**
 * Loads what looks into layers when a command needs it.
 *
 * @module
 */

/** What `src/layer/mod.ts` exports. */
export type LayerModule = typeof import("./mod.ts");

/** Loads it. */
export function loadLayer(): Promise<LayerModule> {
  return import("./mod.ts");
}
