/**
 * Loads what changes images when a command needs it.
 *
 * @module
 */

/** What `src/rewrite/mod.ts` exports. */
export type RewriteModule = typeof import("./mod.ts");

/** Loads it. */
export function loadRewrite(): Promise<RewriteModule> {
  return import("./mod.ts");
}
