/**
 * Loads what reads and writes archives of images when a command needs it.
 *
 * @module
 */

/** What `src/layout_archive/mod.ts` exports. */
export type LayoutArchiveModule = typeof import("./mod.ts");

/** Loads it. */
export function loadLayoutArchive(): Promise<LayoutArchiveModule> {
  return import("./mod.ts");
}
