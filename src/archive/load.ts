/**
 * Loads the archive code when a command needs it.
 *
 * @module
 */

/** What `src/archive/mod.ts` exports. */
export type ArchiveModule = typeof import("./mod.ts");

/** Archives and their compression. */
export function loadArchive(): Promise<ArchiveModule> {
  return import("./mod.ts");
}
