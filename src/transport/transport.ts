/**
 * What serves a scheme: the same verbs for a registry over HTTP and for an OCI layout.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import type { Reference } from "../reference/reference.ts";

/** Options of every verb. */
export interface CallOptions {
  /** Stops the work; a stopped call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Places at the hosts that a transfer holds already; its requests take no further ones. */
  readonly lease?: TransferLease;
  /** A change that is part of a copy which the {@linkcode CopyGuard} of its target was asked about: it is not asked again. */
  readonly guarded?: boolean;
  /**
   * Given the headers of the answer that a manifest, a blob or a list came with, without its secrets; of a list in pages those of the
   * last one. A layout has none.
   */
  readonly onHeaders?: (headers: Headers) => void;
}

/** Places among the requests that hosts serve at a time, taken for a whole transfer at once, so that two transfers never wait for each other. */
export interface TransferLease {
  /** Hosts at which a place is held. */
  readonly hosts: readonly string[];
}

/** A blob's bytes from some offset to the end. */
export interface BlobStream {
  /** The bytes. A byte stream (BYOB) where it comes from HTTP or a file. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Bytes from the offset to the end, or undefined when not known ahead. */
  readonly size: number | undefined;
  /** Offset that the stream really starts at: 0 where the place does not serve ranges. */
  readonly offset: number;
}

/** Content that can be opened again from any offset, so that a transfer cut short goes on where it stopped. */
export interface BlobSource {
  /** Digest and size of the content; size -1 where it is not known. */
  readonly descriptor: Descriptor;
  /** A local file that holds exactly this content under its digest, for hard links and direct reads. */
  readonly file?: string;
  /** Host whose requests at a time are limited, where the content comes from one. */
  readonly host?: string;
  /** True when `open` may be called more than once. */
  readonly reopenable: boolean;
  /**
   * Starts to read. The stream is not checked against the digest: who stores it does that.
   *
   * @throws {FerryError} BLOB_UNKNOWN and transport failures
   */
  open(offset: number, options?: CallOptions): Promise<BlobStream>;
}

/** How a blob came to be at its target. */
export type BlobOutcome = "exists" | "mounted" | "linked" | "sent";

/** Options of {@linkcode Transport.putBlob}. */
export interface PutBlobOptions extends CallOptions {
  /** Another repository of the same registry that has the blob. */
  readonly mountFrom?: Reference;
  /** Told of every piece that went out or was stored; a transfer that is not watched may take a faster way. */
  readonly onBytes?: (bytes: number) => void;
}

/** What putting a manifest brought. */
export interface PutManifestResult {
  /** Descriptor of what was stored. */
  readonly descriptor: Descriptor;
}

/** Options of {@linkcode Transport.deleteManifest}. */
export interface DeleteManifestOptions extends CallOptions {
  /** Look whether it has a subject, and take it from the subject's fallback list of referrers. A layout always does. */
  readonly referrers?: boolean;
}

/** Options of {@linkcode Transport.listTags}. */
export interface ListTagsOptions extends CallOptions {
  /** Stop after this many names. */
  readonly limit?: number;
  /** Start after this name. */
  readonly last?: string;
  /** Give what one request brings, and ask once only: good enough for a hint. */
  readonly once?: boolean;
}

/** Options of {@linkcode Transport.listReferrers}. */
export interface ListReferrersOptions extends CallOptions {
  /** Only referrers of this artifact type. */
  readonly artifactType?: string;
}

/** Referrers of a manifest. */
export interface ReferrerList {
  /** Descriptors, each with artifactType and annotations where known; no digest twice. */
  readonly descriptors: readonly Descriptor[];
  /** Where the list came from: the referrers API, the fallback tag, or nowhere when there is neither. */
  readonly from: "api" | "tag" | "none";
}

/** Names and whatever came with them over the wire. */
export interface TagList {
  /** Tags, bytewise sorted, no name twice. */
  readonly tags: readonly string[];
}

/** Options of {@linkcode Transport.headManifest}. */
export interface HeadManifestOptions extends CallOptions {
  /** Told how many pulls are left, where the answer says it. */
  readonly onRateLimit?: (limit: RateLimit) => void;
}

/** Watches over copies: what a copy asks before it starts, and tells when it is done; and what an archive asks for each image. */
export interface CopyGuard {
  /** Gives the reason where the copy is to be left out. Throws where it is refused. */
  before(copy: GuardedCopy): Promise<string | undefined>;
  /** Told of a copy that has been done. */
  after(
    copy: GuardedCopy,
    result: { readonly descriptor: Descriptor; readonly changed: boolean },
  ): Promise<void>;
  /** Asked before an image is written to an archive. Throws where it is refused. */
  export(source: Reference, signal?: AbortSignal): Promise<void>;
}

/** A copy as its guard sees it. */
export interface GuardedCopy {
  /** What is copied. */
  readonly source: Reference;
  /** Where it goes. */
  readonly target: Reference;
  /** Serves the source. */
  readonly sourceTransport: Transport;
  /** Serves the target. */
  readonly targetTransport: Transport;
  /** Stops the work. */
  readonly signal: AbortSignal;
}

/** What serves a scheme. A missing tag or digest in a reference means `latest` where a manifest is asked for. */
export interface Transport {
  /** Scheme that it serves: `reg`, `ocidir`. */
  readonly scheme: string;
  /** True when every call goes over a network, so that asking whether something is there costs as much as a small send. */
  readonly remote: boolean;
  /** Watches over copies to here. */
  readonly copyGuard?: CopyGuard | undefined;

  /**
   * Descriptor of a manifest without its content, or undefined when it does not exist.
   * Its digest is "" where a registry does not say it (HEAD without Docker-Content-Digest).
   */
  headManifest(reference: Reference, options?: HeadManifestOptions): Promise<Descriptor | undefined>;
  /**
   * A manifest, checked against the reference's digest where it has one.
   *
   * @throws {FerryError} MANIFEST_UNKNOWN, NAME_UNKNOWN, MANIFEST_INVALID, DIGEST_MISMATCH
   */
  getManifest(reference: Reference, options?: CallOptions): Promise<Manifest>;
  /**
   * Stores a manifest, byte for byte, under the reference's tag, or by digest when the reference has no tag.
   * A reference with both goes to the digest and the tag. A manifest with a subject becomes one of the subject's referrers.
   */
  putManifest(reference: Reference, manifest: Manifest, options?: CallOptions): Promise<PutManifestResult>;
  /**
   * Deletes a manifest by digest, with every tag that names it.
   *
   * @throws {FerryError} MANIFEST_UNKNOWN, UNSUPPORTED
   */
  deleteManifest(reference: Reference, options?: DeleteManifestOptions): Promise<void>;

  /** Descriptor (digest, size) of a blob, or undefined when it is not there. */
  headBlob(reference: Reference, digest: Digest, options?: CallOptions): Promise<Descriptor | undefined>;
  /** A blob to read later; asks nothing yet. */
  blobSource(reference: Reference, descriptor: Descriptor): BlobSource;
  /**
   * Stores a blob; its digest and size are checked by this side or by the registry. Does not ask first whether it is there,
   * except where that is free. A source whose descriptor has digest "" is hashed on the way; the result names it.
   *
   * @throws {FerryError} DIGEST_MISMATCH, SIZE_MISMATCH and transport failures of either side
   */
  putBlob(
    reference: Reference,
    source: BlobSource,
    options?: PutBlobOptions,
  ): Promise<{ readonly descriptor: Descriptor; readonly outcome: BlobOutcome }>;
  /**
   * Deletes a blob.
   *
   * @throws {FerryError} BLOB_UNKNOWN, UNSUPPORTED
   */
  deleteBlob(reference: Reference, digest: Digest, options?: CallOptions): Promise<void>;

  /**
   * Tags of a repository.
   *
   * @throws {FerryError} NAME_UNKNOWN
   */
  listTags(reference: Reference, options?: ListTagsOptions): Promise<TagList>;
  /**
   * Deletes one tag and no other tag of the same digest; a tag that cannot be deleted is left as it was.
   *
   * @throws {FerryError} MANIFEST_UNKNOWN, UNSUPPORTED
   */
  deleteTag(reference: Reference, options?: CallOptions): Promise<void>;

  /** Referrers of the reference's digest. None is an empty list, never an error. */
  listReferrers(reference: Reference, options?: ListReferrersOptions): Promise<ReferrerList>;

  /** Says whether the place answers, and fails as any other verb would when it does not. */
  ping(reference: Reference, options?: CallOptions): Promise<void>;
  /** Ends the work on a repository: a layout collects what is no longer referenced. */
  close(reference: Reference): Promise<void>;
}

/** Options of {@linkcode RepositoryLister.listRepositories}. */
export interface ListRepositoriesOptions extends CallOptions {
  /** Stop after this many names. */
  readonly limit?: number;
  /** Start after this name. */
  readonly last?: string;
}

/** A transport that can give long lists piece by piece. */
export interface TagPager {
  /**
   * Tags of a repository, a page at a time as the registry gives them and in its order, no name twice. The next page is
   * asked for when it is wanted.
   *
   * @throws {FerryError} NAME_UNKNOWN
   */
  tagPages(reference: Reference, options?: ListTagsOptions): AsyncIterable<readonly string[]>;
}

/** A transport whose places hold several repositories. */
export interface RepositoryLister {
  /** Repositories of a registry as {@linkcode TagPager.tagPages} gives tags, where that can be done. */
  repositoryPages?(registry: string, options?: ListRepositoriesOptions): AsyncIterable<readonly string[]>;
  /**
   * Repositories of a registry, sorted (distribution-spec extension, `_catalog`).
   *
   * @throws {FerryError} UNSUPPORTED
   */
  listRepositories(registry: string, options?: ListRepositoriesOptions): Promise<readonly string[]>;
}

/** Pulls left, as a registry says in RateLimit headers. */
export interface RateLimit {
  /** Pulls left. */
  readonly remain: number;
  /** Pulls a window. */
  readonly limit: number;
  /** Seconds until the window ends, 0 when not said. */
  readonly reset: number;
  /** True when the registry said anything. */
  readonly set: boolean;
  /** What RateLimit-Limit says behind its number, for example `100;w=21600`. */
  readonly policies: readonly string[];
}

/** A transport that knows rate limits. */
export interface RateLimited {
  /** Rate limit as told with a manifest's HEAD, which itself is free. */
  rateLimit(reference: Reference, options?: CallOptions): Promise<RateLimit>;
}
