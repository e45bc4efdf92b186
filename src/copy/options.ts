/**
 * What a copy is asked to do and what it brings.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import type { Platform } from "../oci/platform.ts";
import type { Reference } from "../reference/reference.ts";
import type { Transport } from "../transport/transport.ts";
import type { CopyEvent } from "./event.ts";
import type { CopyRun } from "./run.ts";
import type { SharedReader } from "./shared_reads.ts";

/** What to copy, from where, to where, and what goes along. */
export interface CopyOptions {
  /** Manifest to copy. */
  readonly source: Reference;
  /** Where it goes; neither tag nor digest means the tag `latest`. */
  readonly target: Reference;
  /** Serves the source. */
  readonly sourceTransport: Transport;
  /** Serves the target. */
  readonly targetTransport: Transport;
  /** Only these platforms of an index: one gives its manifest alone, several an index of just those. */
  readonly platforms?: readonly Platform[];
  /** With platforms: keep the whole index though only the content of those platforms is there. */
  readonly sparse?: boolean;
  /** Copy referrers, and theirs. */
  readonly referrers?: boolean;
  /** Only these referrers, of those that a manifest has; all of them where it is not given. */
  readonly referrersFilter?: (descriptor: Descriptor) => boolean;
  /** Repository to look for referrers in, instead of the source. */
  readonly referrersSource?: Reference;
  /** Repository to copy referrers to, instead of the target. */
  readonly referrersTarget?: Reference;
  /** Copy tags of the form `sha256-<hex>...` that belong to what is copied. */
  readonly digestTags?: boolean;
  /** Copy layers that have urls as well. */
  readonly includeExternal?: boolean;
  /** When the target is the same already, leave it at that, also with referrers and digest tags. */
  readonly fast?: boolean;
  /** Walk and store everything anew, also when the target is the same already. */
  readonly forceRecursive?: boolean;
  /** Told what happens. Without it, bytes take the shortest way. */
  readonly onEvent?: ((event: CopyEvent) => void) | undefined;
  /** Stops the copy. */
  readonly signal?: AbortSignal | undefined;
  /** What several copies of one run share. */
  readonly run?: CopyRun;
  /** This copy's side of reads that it shares with copies of the same image to other targets, which run at the same time. */
  readonly reads?: SharedReader | undefined;
  /** What the caller has just learnt of both sides; it is not asked for again. */
  readonly known?: KnownEnds;
}

/** Both ends of a copy as they were found. */
export interface KnownEnds {
  /** What the source names; its digest is known. */
  readonly source: Descriptor;
  /** What the target names, undefined where there is no such manifest. */
  readonly target: Descriptor | undefined;
}

/** What a copy did. */
export interface CopyResult {
  /** Descriptor of what the target names now. */
  readonly descriptor: Descriptor;
  /** True when anything was stored. */
  readonly changed: boolean;
  /** Why nothing was copied, where a plugin left the copy out; then the descriptor is what the target has, or would have got. */
  readonly skipped?: string;
  /** Manifests stored. */
  readonly manifests: number;
  /** Blobs by how they came to be at the target. */
  readonly blobs: Readonly<Record<"exists" | "mounted" | "linked" | "sent" | "skipped", number>>;
  /** Bytes of blobs that were sent. */
  readonly bytes: number;
}
