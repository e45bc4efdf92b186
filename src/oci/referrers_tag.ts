import { type Digest, parseDigest } from "./digest.ts";

/**
 * Tag of the list of a digest's referrers where there is no API for it (distribution-spec, "Referrers Tag Schema").
 *
 * @throws {FerryError} DIGEST_INVALID
 */
export function fallbackTag(subject: Digest): string {
  const { algorithm, encoded } = parseDigest(subject);
  return `${algorithm.slice(0, 32)}-${encoded.slice(0, 64)}`;
}
