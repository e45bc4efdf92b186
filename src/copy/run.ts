/**
 * What several copies of one run share: a blob or manifest that was seen once is not asked for, or moved, again.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import type { Reference } from "../reference/reference.ts";
import type { Transport } from "../transport/transport.ts";

/** Most manifests that a run keeps, where it is not told. */
const MANIFESTS_MOST = 256;
/** Most that a run remembers of one kind besides. */
const NAMES_MOST = 4096;
/** Most repositories whose tags are kept. */
const TAG_LISTS_MOST = 16;

/** What a run may keep. */
export interface CopyRunOptions {
  /** Manifests at most, and lists of referrers. */
  readonly manifests?: number;
  /** Keep what was read no longer than this. */
  readonly keep?: {
    /** Milliseconds. */
    readonly milliseconds: number;
    /** Milliseconds since 1970. */
    readonly now: () => number;
  };
}

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
  readonly tags: Map<string, Promise<readonly string[]>>;
  /** Referrers of manifests, by place and digest: only where what is read is kept for a time, as others may add to them. */
  readonly referrers: Map<string, Promise<readonly Descriptor[]>> | undefined;
  /** A repository of a registry that has a blob, by registry and digest. */
  readonly holders: Map<string, Reference> = new RecentMap(NAMES_MOST);
  /** Whether a target was empty when the run first came to it, by place: what it holds since then the run has put there. */
  readonly fresh: Map<string, Promise<boolean>> = new RecentMap(NAMES_MOST);

  /** Remembers nothing yet. */
  constructor({ manifests = MANIFESTS_MOST, keep }: CopyRunOptions = {}) {
    this.manifests = new RecentMap(manifests, keep);
    this.tags = new RecentMap(TAG_LISTS_MOST, keep);
    this.referrers = keep === undefined ? undefined : new RecentMap(manifests, keep);
  }

  /** A manifest by the digest of its reference, read once a run. */
  readManifest(transport: Transport, reference: Reference, signal?: AbortSignal): Promise<Manifest> {
    const key = contentKey(reference, reference.digest);
    return once(this.manifests, key, () => transport.getManifest(reference, signal === undefined ? {} : { signal }));
  }
}

/** A map that forgets what was not asked for the longest time, and what was set too long ago. */
export class RecentMap<V> extends Map<string, V> {
  readonly #most: number;
  readonly #keep: CopyRunOptions["keep"];
  readonly #times = new Map<string, number>();

  /** Keeps `most` entries, at least one, each no longer than `keep` says. */
  constructor(most: number, keep?: CopyRunOptions["keep"]) {
    super();
    this.#most = Math.max(1, most);
    this.#keep = keep;
  }

  /** The value of a key, which is the last to be forgotten then. */
  override get(key: string): V | undefined {
    if (this.#keep !== undefined && this.#keep.now() - (this.#times.get(key) ?? 0) >= this.#keep.milliseconds) {
      this.delete(key);
      return undefined;
    }
    const value = super.get(key);
    if (value !== undefined) {
      super.delete(key);
      super.set(key, value);
    }
    return value;
  }

  /** Sets the value of a key; the oldest entry goes where there are too many. */
  override set(key: string, value: V): this {
    super.delete(key);
    super.set(key, value);
    if (this.#keep !== undefined) this.#times.set(key, this.#keep.now());
    if (this.size > this.#most) this.delete(this.keys().next().value!);
    return this;
  }

  /** Forgets a key. */
  override delete(key: string): boolean {
    this.#times.delete(key);
    return super.delete(key);
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
