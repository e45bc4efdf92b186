/**
 * Content of layers as it was made.
 *
 * @module
 */
import type { Digest } from "../../oci/digest.ts";
import type { BlobSource } from "../../transport/transport.ts";

/** What became of a layer's content. */
export type LayerContent =
  /** It stays as it is. */
  | { readonly kind: "kept" }
  /** No entry of it is left. */
  | { readonly kind: "empty" }
  /** It is another now. */
  | NewContent;

/** New content of a layer. */
export interface NewContent {
  /** It is another now. */
  readonly kind: "new";
  /** Digest of the blob. */
  readonly digest: Digest;
  /** Bytes of the blob. */
  readonly size: number;
  /** Digest of the uncompressed archive. */
  readonly diffId: Digest;
  /** The blob, to be stored. */
  readonly source: BlobSource;
  /** The temporary file that holds it, where it is one. */
  readonly temporary: string | undefined;
  /** Its bytes, where they go into a descriptor. */
  bytes?: Uint8Array;
}
