/**
 * Whose failure it was: a transport that notes the place with every error that comes out of it.
 *
 * @module
 */
import type { BlobSource, Reference, Transport } from "../../../src/mod.ts";

/** Places that errors came from. */
export class Blame {
  readonly #places = new WeakMap<object, Reference>();

  /** Where an error came from first; undefined where no transport threw it. */
  of(error: unknown): Reference | undefined {
    return typeof error === "object" && error !== null ? this.#places.get(error) : undefined;
  }

  /** The transport, with its errors noted. */
  watch(transport: Transport): Transport {
    const noted = async <T>(place: Reference, work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        if (typeof error === "object" && error !== null && !this.#places.has(error)) this.#places.set(error, place);
        throw error;
      }
    };
    return {
      scheme: transport.scheme,
      remote: transport.remote,
      copyGuard: transport.copyGuard,
      headManifest: (at, options) => noted(at, () => transport.headManifest(at, options)),
      getManifest: (at, options) => noted(at, () => transport.getManifest(at, options)),
      putManifest: (at, manifest, options) => noted(at, () => transport.putManifest(at, manifest, options)),
      deleteManifest: (at, options) => noted(at, () => transport.deleteManifest(at, options)),
      headBlob: (at, digest, options) => noted(at, () => transport.headBlob(at, digest, options)),
      blobSource: (at, descriptor): BlobSource => {
        const source = transport.blobSource(at, descriptor);
        return { ...source, open: (offset, options) => noted(at, () => source.open(offset, options)) };
      },
      putBlob: (at, source, options) => noted(at, () => transport.putBlob(at, source, options)),
      deleteBlob: (at, digest, options) => noted(at, () => transport.deleteBlob(at, digest, options)),
      listTags: (at, options) => noted(at, () => transport.listTags(at, options)),
      deleteTag: (at, options) => noted(at, () => transport.deleteTag(at, options)),
      listReferrers: (at, options) => noted(at, () => transport.listReferrers(at, options)),
      ping: (at, options) => noted(at, () => transport.ping(at, options)),
      close: (at) => noted(at, () => transport.close(at)),
    };
  }
}

/** The registry of a reference; all layouts are one. */
export function registryOf(reference: Reference): string {
  return reference.scheme === "reg" ? reference.registry : reference.scheme;
}
