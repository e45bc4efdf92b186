/**
 * The transport of the scheme `ocidir`: OCI image layouts, as folders (image-spec, image-layout.md).
 *
 * Several processes may write to one layout at a time: changes to `index.json` are made under a lock, files appear whole or not at all,
 * and nothing young is collected. A crash at any point leaves a layout that reads.
 *
 * @module
 */
import type { Transport } from "../transport.ts";
import { blobSource, deleteBlob, headBlob, putBlob } from "./blob.ts";
import { close } from "./close.ts";
import type { LayoutContext, LayoutLog } from "./context.ts";
import { DEFAULT_GRACE } from "./garbage.ts";
import { KnownIndexes } from "./known_index.ts";
import { deleteManifest, getManifest, headManifest, putManifest } from "./manifest.ts";
import { ping } from "./ping.ts";
import { listReferrers } from "./referrer.ts";
import { createSinkPool } from "./sink_pool.ts";
import { deleteTag, listTags } from "./tag.ts";

export { type Collected, collectGarbage, type CollectOptions } from "./garbage.ts";
export type { LayoutLog } from "./context.ts";

/** Options of {@linkcode createLayoutTransport}. */
export interface LayoutTransportOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Age in milliseconds below which no blob is collected, an hour by default. */
  readonly gracePeriod?: number;
  /**
   * Time that new entries of `index.json` carry (`org.opencontainers.image.created`, RFC 3339). Without it they carry none, so that
   * the same copy makes the same bytes.
   */
  readonly created?: string;
  /** Threads that hash large blobs: as many as there are processors by default, at most four; 0 for none. */
  readonly threads?: number;
  /** Log. */
  readonly log?: LayoutLog;
}

/** Makes the transport for layouts. */
export function createLayoutTransport(options: LayoutTransportOptions = {}): Transport {
  const context: LayoutContext = {
    now: options.now ?? Date.now,
    grace: options.gracePeriod ?? DEFAULT_GRACE,
    created: options.created,
    log: options.log,
    sinks: createSinkPool(options.threads === undefined ? {} : { threads: options.threads }),
    indexes: new KnownIndexes(),
    layouts: new Map(),
    subjects: new Map(),
  };
  return {
    scheme: "ocidir",
    remote: false,
    headManifest: (reference, call = {}) => headManifest(context, reference, call),
    getManifest: (reference, call = {}) => getManifest(context, reference, call),
    putManifest: (reference, manifest, call = {}) => putManifest(context, reference, manifest, call),
    deleteManifest: (reference, call = {}) => deleteManifest(context, reference, call),
    headBlob: (reference, digest, call = {}) => headBlob(reference, digest, call),
    blobSource,
    putBlob: (reference, source, call = {}) => putBlob(context, reference, source, call),
    deleteBlob: (reference, digest, call = {}) => deleteBlob(context, reference, digest, call),
    listTags: (reference, call = {}) => listTags(context, reference, call),
    deleteTag: (reference, call = {}) => deleteTag(context, reference, call),
    listReferrers: (reference, call = {}) => listReferrers(context, reference, call),
    ping: (reference, call = {}) => ping(reference, call),
    close: (reference) => close(context, reference),
  };
}
