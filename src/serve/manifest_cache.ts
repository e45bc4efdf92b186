/**
 * Manifests in memory, the longest unused go first. Content never changes under its digest; whether a repository still has it is asked
 * of the file system each time.
 *
 * @module
 */
import type { Digest } from "../oci/digest.ts";

/** A manifest as it is sent. */
export interface CachedManifest {
  /** The bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Media type. */
  readonly mediaType: string;
}

/** Bytes of all manifests that are kept. */
const BYTES_MOST = 16 * 1024 * 1024;

/** A manifest counts as at least this much. */
const BYTES_LEAST = 1024;

/** Keeps manifests by digest. */
export class ManifestCache {
  readonly #manifests = new Map<Digest, CachedManifest>();
  #bytes = 0;

  /** The manifest, where it is in memory. */
  get(digest: Digest): CachedManifest | undefined {
    const found = this.#manifests.get(digest);
    if (found === undefined || this.#bytes < BYTES_MOST / 2) return found;
    // The order of the map is that of use; it matters only once there is much to keep.
    this.#manifests.delete(digest);
    this.#manifests.set(digest, found);
    return found;
  }

  /** Keeps a manifest whose digest was checked. */
  put(digest: Digest, manifest: CachedManifest): void {
    if (this.#manifests.has(digest) || manifest.bytes.byteLength > BYTES_MOST / 4) return;
    this.#manifests.set(digest, manifest);
    this.#bytes += cost(manifest);
    for (const [oldest, one] of this.#manifests) {
      if (this.#bytes <= BYTES_MOST) return;
      this.#manifests.delete(oldest);
      this.#bytes -= cost(one);
    }
  }
}

function cost({ bytes }: CachedManifest): number {
  return Math.max(bytes.byteLength, BYTES_LEAST);
}
