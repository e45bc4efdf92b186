import { parseReference, type Reference } from "../../../src/mod.ts";

/**
 * Parses a text of a file that was checked when it was read: its scheme is known to be served, or a transport says that it is not.
 *
 * @throws {FerryError} REFERENCE_INVALID
 */
export function referenceOf(text: string): Reference {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  return parseReference(text, scheme === undefined ? undefined : new Set([scheme]));
}
