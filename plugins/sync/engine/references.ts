/**
 * Texts of a sync file as references.
 *
 * @module
 */
import { FerryError, formatReference, type Reference, withTag } from "../../../src/mod.ts";
import { referenceOf } from "../file/mod.ts";

/**
 * A repository or layout: no tag, no digest.
 *
 * @throws {FerryError} REFERENCE_INVALID
 */
export function placeOf(text: string): Reference {
  return withTag(referenceOf(text), "");
}

/**
 * An image as the file has it; without tag and digest it is `latest`.
 *
 * @throws {FerryError} REFERENCE_INVALID
 */
export function imageOf(text: string): Reference {
  const reference = referenceOf(text);
  return reference.tag === "" && reference.digest === "" ? withTag(reference, "latest") : reference;
}

/** A repository below a registry, or below a path of one: `registry/repository`. */
export function repositoryOf(registry: string, repository: string): Reference {
  return placeOf(`${registry}/${repository}`);
}

/** The text of a reference in logs and reports. */
export function textOf(reference: Reference): string {
  const text = formatReference(reference);
  if (text !== "") return text;
  throw new FerryError("UNSUPPORTED", "A tar file is no place to sync with", { hint: "use a registry or ocidir://" });
}
