/**
 * Loads the server when it is asked for: no other command pays for it.
 *
 * @module
 */

/** The server's parts. */
export type ServeModule = typeof import("./mod.ts");

/** Loads them. */
export function loadServe(): Promise<ServeModule> {
  return import("./mod.ts");
}
