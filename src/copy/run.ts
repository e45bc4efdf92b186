/**
 * What several copies of one run share: a blob or manifest that was seen once is not asked for, or moved, again.
 *
 * @module
 */
import type { Digest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import type { Reference } from "../reference/reference.ts";

/** The memory of a run. */
export class CopyRun {
  /** Blobs on their way to a repository or there already, by place and digest. */
  readonly blobs = new Map<string, Promise<void>>();
  /** Manifests that are at a repository with all that they need, by place and digest. */
  readonly stored = new Set<string>();
  /** Manifests read by digest, by place and digest. */
  readonly manifests = new Map<string, Promise<Manifest>>();
  /** Tags of repositories, by place. */
  readonly tags = new Map<string, Promise<readonly string[]>>();
  /** A repository of a registry that has a blob, by registry and digest. */
  readonly holders = new Map<string, Reference>();
}

/** Key of a repository or layout. */
export function placeOf(reference: Reference): string {
  return reference.scheme === "ocidir" ? `ocidir ${reference.path}` : `${reference.registry}/${reference.repository}`;
}

/** Key of content at a place. */
export function contentKey(reference: Reference, digest: Digest): string {
  return `${placeOf(reference)}@${digest}`;
}

/** The value that `make` promises, made once a key; a failure is forgotten, so that the next may try again. */
export function once<T>(memory: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  made.catch(() => {
    if (memory.get(key) === made) memory.delete(key);
  });
  return made;
}
