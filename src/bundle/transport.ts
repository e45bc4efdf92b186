/**
 * Images of a bundle as sources of copies: what the bundle lacks comes from its bases, or is at the target already.
 *
 * @module
 */
import { FerryError, isFerryError } from "../errors.ts";
import { archiveReference, createArchiveTransport } from "../layout_archive/transport.ts";
import type { StoredBytes } from "../layout_archive/content.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import { formatRepository } from "../reference/format.ts";
import { parseReference } from "../reference/parse.ts";
import { type Reference, withDigest } from "../reference/reference.ts";
import type { BlobStream, CallOptions, Transport } from "../transport/transport.ts";
import type { BundleContent, BundleImage } from "./form.ts";
import type { Bundle } from "./read.ts";

/** Where an image goes. */
export interface BundleTarget {
  /** Serves it. */
  readonly transport: Transport;
  /** Its new name. */
  readonly reference: Reference;
}

/** A source for `copyImage`. */
export interface BundleImageSource {
  /** Serves the image and what goes along with it. */
  readonly transport: Transport;
  /** Names the image there. */
  readonly reference: Reference;
}

/** What goes along with the images of one repository. */
interface Along {
  readonly tags: Map<string, Digest>;
  readonly referrers: Map<Digest, Set<Digest>>;
}

/** A bundle with those that it builds on, as far as they are at hand. */
export class BundleSet {
  readonly #bundle: Bundle;
  readonly #bases: readonly Bundle[];
  readonly #known: ReadonlyMap<Digest, BundleContent>;
  readonly #along = new Map<string, Along>();

  /** `bases` hold what the bundle does not. */
  constructor(bundle: Bundle, bases: readonly Bundle[] = []) {
    this.#bundle = bundle;
    this.#bases = bases;
    const contents = [...bases, bundle].flatMap(({ index }) => [...index.needs ?? [], ...index.content]);
    this.#known = new Map(contents.map((content) => [content.digest, content]));
    for (const { digestTags = [], name, referrers = [] } of bundle.index.images) {
      const along = this.#alongOf(repositoryOf(name));
      for (const { digest, tag } of digestTags) along.tags.set(tag, digest);
      for (const { digest, subject } of referrers) {
        const known = along.referrers.get(subject);
        if (known === undefined) along.referrers.set(subject, new Set([digest]));
        else known.add(digest);
      }
    }
  }

  /** The source for one image on its way to a target; `others` are places where content of the bundle's base may be already. */
  source(image: BundleImage, target: BundleTarget, others: readonly BundleTarget[] = []): BundleImageSource {
    const { path } = this.#bundle;
    const repository = repositoryOf(image.name);
    const { referrers, tags } = this.#alongOf(repository);
    const find = (digest: Digest) => this.#find(digest);
    const archive = createArchiveTransport({ entries: [], find });
    const places = this.#bundle.index.base === undefined ? [target] : [target, ...others];
    const digestOf = ({ digest, tag }: Reference): Digest => digest === "" ? tags.get(tag) ?? "" : digest;
    return {
      // Each repository has a path of its own: what a run remembers of one does not hold for the others.
      reference: archiveReference(`${path}/${repository}`, parseReference(image.name).tag, image.digest),
      transport: {
        ...archive,
        getManifest: (reference, options) => this.#manifest(digestOf(reference), places, options),
        headManifest: (reference) => {
          const digest = digestOf(reference);
          return Promise.resolve(digest === "" ? undefined : this.#describe(digest));
        },
        blobSource: (reference, descriptor) =>
          find(descriptor.digest) !== undefined ? archive.blobSource(reference, descriptor) : {
            descriptor,
            reopenable: true,
            open: (offset, options) => this.#openElsewhere(descriptor, offset, places, options),
          },
        listTags: () => Promise.resolve({ tags: [...tags.keys()].sort() }),
        listReferrers: ({ digest }) => {
          const descriptors = [...referrers.get(digest) ?? []].map((one) => this.#describe(one));
          return Promise.resolve({ descriptors, from: descriptors.length === 0 ? "none" : "api" });
        },
      },
    };
  }

  async #manifest(digest: Digest, places: readonly BundleTarget[], options?: CallOptions): Promise<Manifest> {
    if (this.#find(digest) !== undefined) {
      const entries = [{ descriptor: this.#describe(digest), tag: "", name: "" }];
      const archive = createArchiveTransport({ entries, find: (wanted) => this.#find(wanted) });
      return await archive.getManifest(archiveReference(this.#bundle.path, "", digest));
    }
    for (const { reference, transport } of places) {
      try {
        return await transport.getManifest(withDigest(reference, digest), options);
      } catch (error) {
        if (!isFerryError(error, "MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND", "LAYOUT_INVALID")) throw error;
      }
    }
    throw this.#lacks("manifest", digest);
  }

  /** A blob that no archive has, from where the base was pushed to. */
  async #openElsewhere(
    blob: Descriptor,
    offset: number,
    places: readonly BundleTarget[],
    options?: CallOptions,
  ): Promise<BlobStream> {
    for (const { reference, transport } of places) {
      if (await transport.headBlob(reference, blob.digest, options) === undefined) continue;
      return await transport.blobSource(reference, blob).open(offset, options);
    }
    throw this.#lacks("blob", blob.digest);
  }

  #find(digest: Digest): StoredBytes | undefined {
    for (const one of [this.#bundle, ...this.#bases]) {
      const bytes = one.find(digest);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  #describe(digest: Digest): Descriptor {
    const { mediaType = "", size = -1 } = this.#known.get(digest) ?? {};
    return { mediaType, digest, size };
  }

  #alongOf(repository: string): Along {
    const known = this.#along.get(repository);
    if (known !== undefined) return known;
    const fresh: Along = { tags: new Map(), referrers: new Map() };
    this.#along.set(repository, fresh);
    return fresh;
  }

  #lacks(kind: "manifest" | "blob", digest: Digest): FerryError {
    const { index, path } = this.#bundle;
    const code = kind === "manifest" ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN";
    const base = index.base?.id;
    if (base === undefined || index.content.some((content) => content.digest === digest)) {
      return new FerryError(code, `Bundle "${path}" has no ${kind} "${digest}"`, {
        hint: "the bundle lacks a part of the image; make it again",
      });
    }
    return new FerryError(
      code,
      `Neither bundle "${path}" nor the target has ${kind} "${digest}"; the bundle's base has it, ${base}`,
      { hint: "push the base first, or name its file with --base" },
    );
  }
}

function repositoryOf(name: string): string {
  return formatRepository(parseReference(name));
}
