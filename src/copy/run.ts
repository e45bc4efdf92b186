/**
 * What several copies of one run share: a blob or manifest that was seen once is not asked for, or moved, again.
 *
 * @module
 */
import type { Digest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import type { Reference } from "../reference/reference.ts";
import type { Transport } from "../transport/transport.ts";

/** Most manifests that a run keeps, where it is not told. */
const MANIFESTS_MOST = 256;
/** Most that a run remembers of one kind besides. */
const NAMES_MOST = 4096;

/**
 * The memory of a run. It is bounded: of what was not asked for the longest time nothing is known any more, and it is asked for or
 * moved again where it is wanted once more.
 */
export class CopyRun {
  /** Blobs on their way to a repository or there already, by place and digest. */
  readonly blobs: Map<string, Promise<void>> = new RecentMap(NAMES_MOST);
  /** Manifests that are at a repository with all that they need, by place and digest. */
  readonly stored: Map<string, true> = new RecentMap(NAMES_MOST);
  /** Manifests read by digest, by place and digest. */
  readonly manifests: Map<string, Promise<Manifest>>;
  /** Tags of repositories, by place. */
  readonly tags: Map<string, Promise<readonly string[]>> = new RecentMap(16);
  /** A repository of a registry that has a blob, by registry and digest. */
  readonly holders: Map<string, Reference> = new RecentMap(NAMES_MOST);
  /** Whether a target was empty when the run first came to it, by place: what it holds since then the run has put there. */
  readonly fresh: Map<string, Promise<boolean>> = new RecentMap(NAMES_MOST);

  /** `manifests` is how many are kept at most. */
  constructor(options: { readonly manifests?: number } = {}) {
    this.manifests = new RecentMap(options.manifests ?? MANIFESTS_MOST);
  }

  /** A manifest by the digest of its reference, read once a run. */
  readManifest(transport: Transport, reference: Reference, signal?: AbortSignal): Promise<Manifest> {
    const key = contentKey(reference, reference.digest);
    return once(this.manifests, key, () => transport.getManifest(reference, signal === undefined ? {} : { signal }));
  }
}

/** A map that forgets what was not asked for the longest time. */
export class RecentMap<V> extends Map<string, V> {
  readonly #most: number;

  /** Keeps `most` entries, at least one. */
  constructor(most: number) {
    super();
    this.#most = Math.max(1, most);
  }

  /** The value of a key, which is the youngest then. */
  override get(key: string): V | undefined {
    const value = super.get(key);
    if (value !== undefined) {
      this.delete(key);
      super.set(key, value);
    }
    return value;
  }

  /** Sets the value of a key; the oldest entry goes where there are too many. */
  override set(key: string, value: V): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#most) this.delete(this.keys().next().value!);
    return this;
  }
}

/** Key of a repository or layout. */
export function placeOf(reference: Reference): string {
  const { path, registry, repository, scheme } = reference;
  return scheme === "reg" ? `${registry}/${repository}` : `${scheme} ${path}`;
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
