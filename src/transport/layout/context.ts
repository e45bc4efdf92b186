/**
 * What the verbs of one layout transport share while it lives.
 *
 * @module
 */
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import type { KnownIndexes } from "./known_index.ts";
import { layoutKey } from "./paths.ts";
import type { SinkPool } from "./sink_pool.ts";

/** Where the transport says what it did. */
export interface LayoutLog {
  /** Steps. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What may surprise. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A manifest that was put by digest and has no entry in `index.json` yet, since its parent may be about to come. */
export interface PendingManifest {
  /** Its entry, should no parent come. */
  readonly descriptor: Descriptor;
  /** Digests of its child manifests. */
  readonly children: readonly Digest[];
}

/** What the transport did to one layout. */
export interface LayoutState {
  /** Manifests without an entry, by digest. */
  readonly pending: Map<Digest, PendingManifest>;
  /** Untagged entries that this transport made; they go when a parent comes after all. */
  readonly listed: Set<Digest>;
  /** Files of blobs that the work on the layout counts on; they are kept fresh, so that nobody collects them. */
  readonly relied: Set<string>;
  /** Files of replaced lists of referrers that this transport made, with the time of their writing. */
  readonly lists: Map<string, number>;
  /** Folders whose new names are not flushed to disk yet. */
  readonly unflushed: Set<string>;
  /** When the files of `relied` were last touched, milliseconds since 1970. */
  touchedAt: number;
  /** Something was deleted or replaced: there may be garbage. */
  garbage: boolean;
  /** End of the queue of changes to `index.json` within this process. */
  queue: Promise<unknown>;
}

/** A manifest that has a subject. */
export interface SubjectLink {
  /** Digest of the subject. */
  readonly subject: Digest;
  /** The manifest itself, with artifactType and annotations. */
  readonly descriptor: Descriptor;
}

/** What all verbs share. */
export interface LayoutContext {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Age in milliseconds below which nothing is collected. */
  readonly grace: number;
  /** Value of `org.opencontainers.image.created` in new entries; undefined for none. */
  readonly created: string | undefined;
  /** A manifest that loses its last tag keeps an entry without one, as registries keep it; else it becomes garbage. */
  readonly keepUntagged?: boolean;
  /** Log. */
  readonly log: LayoutLog | undefined;
  /** Makes what takes the bytes of blobs. */
  readonly sinks: SinkPool;
  /** Large indexes that were read or written. */
  readonly indexes: KnownIndexes;
  /** State by folder. */
  readonly layouts: Map<string, LayoutState>;
  /** What is known of manifests by digest: their subject, or null where they have none. */
  readonly subjects: Map<Digest, SubjectLink | null>;
}

/** State of a layout; made when it is first asked for. */
export function stateOf(context: LayoutContext, root: string): LayoutState {
  const key = layoutKey(root);
  let state = context.layouts.get(key);
  if (state === undefined) {
    state = {
      pending: new Map(),
      listed: new Set(),
      relied: new Set(),
      lists: new Map(),
      unflushed: new Set(),
      touchedAt: context.now(),
      garbage: false,
      queue: Promise.resolve(),
    };
    context.layouts.set(key, state);
  }
  return state;
}
