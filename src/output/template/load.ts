/**
 * Loads templates when they are asked for: no other command pays for them.
 *
 * @module
 */

/** The parts of templates. */
export type TemplateModule = typeof import("./template.ts");

/** Loads them: `compileTemplate` parses once and renders many times. */
export function loadTemplate(): Promise<TemplateModule> {
  return import("./template.ts");
}
