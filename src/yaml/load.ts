/**
 * Loads the yaml reader when it is asked for: no other command pays for it.
 *
 * @module
 */

/** The reader's parts. */
export type YamlModule = typeof import("./mod.ts");

/** Loads them. */
export function loadYaml(): Promise<YamlModule> {
  return import("./mod.ts");
}
