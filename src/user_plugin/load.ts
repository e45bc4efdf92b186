/**
 * Loads what the noun `plugin` needs besides the store.
 *
 * @module
 */

/** What `src/user_plugin/mod.ts` exports. */
export type UserPluginModule = typeof import("./mod.ts");

/** Words for what plugins add, and what their authors need. */
export function loadUserPlugin(): Promise<UserPluginModule> {
  return import("./mod.ts");
}
