/**
 * Manifests and blobs of an archive, by digest.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";

/** Bytes that can be read from any offset, as often as wanted. */
export interface StoredBytes {
  /** How many. */
  readonly size: number;
  /** Reads from an offset to the end. */
  read(offset: number): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** What an archive holds. */
export interface ArchiveContent {
  /** Manifests that the archive names. */
  readonly entries: readonly ArchiveEntry[];
  /** The content with a digest; undefined where the archive does not have it. It need not be what its digest says. */
  find(digest: Digest): StoredBytes | undefined;
}

/** A manifest that an archive names. */
export interface ArchiveEntry {
  /** Its descriptor. */
  readonly descriptor: Descriptor;
  /** Its tag, "" where it has none. */
  readonly tag: string;
  /** Full name of the image, "" where it has none. */
  readonly name: string;
}
