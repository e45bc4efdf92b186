/** What the fake registry holds, and what it can do. */
import { parseDigest } from "../../src/oci/digest.ts";
import { Content } from "./content.ts";

/** An upload that is under way. */
export interface FakeUpload {
  bytes: Uint8Array<ArrayBuffer>;
}

/** A repository in memory. */
export class FakeRepository extends Content {
  readonly uploads = new Map<string, FakeUpload>();
}

/** True for digests that the fake registry takes. */
export function isStorable(digest: string): boolean {
  try {
    parseDigest(digest);
    return true;
  } catch {
    return false;
  }
}

/** What a fake registry can do. Every field has a default in {@linkcode ALL_FEATURES}. */
export interface FakeFeatures {
  /** HEAD of manifests; else 405. */
  readonly head: boolean;
  /** Docker-Content-Digest on HEAD. */
  readonly headDigest: boolean;
  /** Docker-Content-Digest on everything else. */
  readonly contentDigest: boolean;
  /** Range reads of blobs. */
  readonly range: boolean;
  /** The referrers API, and OCI-Subject on PUT. */
  readonly referrers: boolean;
  /** `?artifactType=` and OCI-Filters-Applied. */
  readonly referrersFilter: boolean;
  /** Mounts from a named repository. */
  readonly mount: boolean;
  /** Mounts without `from`: from any repository. */
  readonly anonymousMount: boolean;
  /** POST with `?digest=` and the whole body. */
  readonly singlePost: boolean;
  /** PUT with the whole body. */
  readonly monolithicPut: boolean;
  /** PATCH. */
  readonly chunked: boolean;
  /** Least bytes of a chunk that is not the last; 0 for none. Told by OCI-Chunk-Min-Length. */
  readonly chunkMinLength: number;
  /** What the Range of an upload says: the last byte, one too many, or nothing. */
  readonly uploadRange: "last" | "off-by-one" | "none";
  /** Location of uploads: absolute, only a path, or with a query of its own. */
  readonly uploadLocation: "absolute" | "relative" | "query";
  /** GET of an upload. */
  readonly uploadStatus: boolean;
  /** DELETE of a tag. */
  readonly tagDelete: boolean;
  /** DELETE of a manifest by digest. */
  readonly manifestDelete: boolean;
  /** DELETE of a blob. */
  readonly blobDelete: boolean;
  /** `_catalog`. */
  readonly catalog: boolean;
  /** Most names in one answer of a list, whatever `n` says. */
  readonly pageSize: number;
  /** Refuses manifests whose blobs or children are not there. */
  readonly strict: boolean;
}

/** A registry that does all of distribution-spec 1.1. */
export const ALL_FEATURES: FakeFeatures = {
  head: true,
  headDigest: true,
  contentDigest: true,
  range: true,
  referrers: true,
  referrersFilter: true,
  mount: true,
  anonymousMount: true,
  singlePost: true,
  monolithicPut: true,
  chunked: true,
  chunkMinLength: 0,
  uploadRange: "last",
  uploadLocation: "absolute",
  uploadStatus: true,
  tagDelete: true,
  manifestDelete: true,
  blobDelete: true,
  catalog: true,
  pageSize: 1000,
  strict: true,
};
