/**
 * Loads the check of images when a command needs it.
 *
 * @module
 */

/** What checks and repairs images. */
export type VerifyModule = typeof import("./verify.ts");

/** Loads it. */
export function loadVerify(): Promise<VerifyModule> {
  return import("./verify.ts");
}
