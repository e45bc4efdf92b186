/**
 * All that images name, each digest once, in the order in which an archive holds it: a manifest, then what it needs.
 *
 * @module
 */
import { isFerryError } from "../errors.ts";
import { blobBytes } from "../layer/open.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import { fallbackTag } from "../oci/referrers_tag.ts";
import { type Reference, withDigest, withTag } from "../reference/reference.ts";
import type { Transport } from "../transport/transport.ts";

/** Content for an archive. */
export interface Item {
  /** Digest. */
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** A manifest, or a blob. */
  readonly kind: "manifest" | "blob";
  /** Media type of a manifest. */
  readonly mediaType?: string;
  /** A local file that holds just these bytes where nobody damaged it. */
  readonly file?: string;
  /** Reads it; fails at its end where it is not what its digest says. */
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** An image that goes into an archive. */
export interface Root {
  /** Serves it. */
  readonly transport: Transport;
  /** Where it is. */
  readonly reference: Reference;
  /** Its manifest. */
  readonly manifest: Manifest;
}

/** Options of {@linkcode Collector}. */
export interface CollectOptions {
  /** Referrers of every manifest, and theirs. */
  readonly referrers?: boolean;
  /** Tags that belong to a digest by their names. */
  readonly digestTags?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** A manifest that an archive lists under a tag: a digest tag, or a list of referrers. */
export interface Listed {
  /** Its descriptor. */
  readonly descriptor: Descriptor;
  /** Its tag. */
  readonly tag: string;
}

/** Gathers the content of images; what several of them share is gathered once. Layers are not read yet. */
export class Collector {
  /** The content, in order. */
  readonly items: Item[] = [];
  /** Digest tags that were found. */
  readonly listed: Listed[] = [];
  /** Referrers by their subject. */
  readonly referrers = new Map<Digest, Descriptor[]>();
  /** Layers with urls that are not there, and need not be. */
  readonly external: Descriptor[] = [];
  readonly #seen = new Set<Digest>();
  readonly #options: CollectOptions;

  /** What goes along. */
  constructor(options: CollectOptions = {}) {
    this.#options = options;
  }

  /**
   * Takes in an image with all that it names.
   *
   * @throws {FerryError} MANIFEST_UNKNOWN, BLOB_UNKNOWN where a part is missing, and failures of the transport
   */
  async add(root: Root): Promise<void> {
    const tags = this.#options.digestTags === true ? await this.#tagsOf(root) : [];
    await this.#addManifest(root, root.manifest, tags);
  }

  async #addManifest(root: Root, manifest: Manifest, tags: readonly string[]): Promise<void> {
    const { digest } = manifest.descriptor;
    if (this.#seen.has(digest)) return;
    this.#seen.add(digest);
    const { raw, descriptor: { mediaType } } = manifest;
    this.items.push({ digest, size: raw.byteLength, kind: "manifest", mediaType, read: () => once(raw) });
    for (const child of manifest.manifests) await this.#addChild(root, child, tags);
    if (manifest.config !== undefined) await this.#addBlob(root, manifest.config);
    for (const layer of manifest.layers) await this.#addBlob(root, layer);
    if (this.#options.referrers === true) await this.#addReferrers(root, digest, tags);
    for (const tag of tags.filter((name) => isOf(name, digest))) {
      const found = await this.#get(root, withTag(root.reference, tag));
      this.listed.push({ descriptor: found.descriptor, tag });
      await this.#addManifest(root, found, tags);
    }
  }

  /** An index may name what is no manifest. */
  async #addChild(root: Root, child: Descriptor, tags: readonly string[]): Promise<void> {
    if (this.#seen.has(child.digest)) return;
    try {
      await this.#addManifest(root, await this.#get(root, withDigest(root.reference, child.digest)), tags);
    } catch (error) {
      if (!isFerryError(error, "MANIFEST_UNKNOWN", "MANIFEST_INVALID")) throw error;
      const there = await root.transport.headBlob(root.reference, child.digest, this.#call());
      if (there === undefined || there.size !== child.size) throw error;
      await this.#addBlob(root, child);
    }
  }

  async #addBlob(root: Root, blob: Descriptor): Promise<void> {
    if (this.#seen.has(blob.digest)) return;
    let { size } = blob;
    if (size < 0 || (blob.urls?.length ?? 0) > 0) {
      const there = await root.transport.headBlob(root.reference, blob.digest, this.#call());
      if (there === undefined && (blob.urls?.length ?? 0) > 0) {
        this.external.push(blob);
        return;
      }
      if (there !== undefined) size = there.size;
    }
    this.#seen.add(blob.digest);
    const place = { transport: root.transport, reference: root.reference, ...this.#call() };
    const { file } = root.transport.blobSource(root.reference, blob);
    this.items.push({
      digest: blob.digest,
      size,
      kind: "blob",
      ...(file === undefined ? {} : { file }),
      read: () => blobBytes(place, { ...blob, size }),
    });
  }

  async #addReferrers(root: Root, digest: Digest, tags: readonly string[]): Promise<void> {
    const { descriptors } = await root.transport.listReferrers(withDigest(root.reference, digest), this.#call());
    if (descriptors.length === 0) return;
    this.referrers.set(digest, [...descriptors]);
    for (const referrer of descriptors) {
      await this.#addManifest(root, await this.#get(root, withDigest(root.reference, referrer.digest)), tags);
    }
  }

  async #tagsOf({ transport, reference }: Root): Promise<readonly string[]> {
    const { tags } = await transport.listTags(reference, this.#call());
    return tags.filter((tag) => /^sha(256|512)-[0-9a-f]{64}/.test(tag));
  }

  #get({ transport }: Root, reference: Reference): Promise<Manifest> {
    return transport.getManifest(reference, this.#call());
  }

  #call(): { readonly signal?: AbortSignal } {
    return this.#options.signal === undefined ? {} : { signal: this.#options.signal };
  }
}

/** The list of referrers itself is made anew from the referrers that go along. */
function isOf(tag: string, digest: Digest): boolean {
  const bare = fallbackTag(digest);
  return tag.startsWith(bare) && tag !== bare;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(bytes);
}
