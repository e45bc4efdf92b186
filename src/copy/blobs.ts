/**
 * Moves blobs: mounts, links or sends what the target does not have.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import type { BlobOutcome, BlobSource } from "../transport/transport.ts";
import type { CopyJob } from "./job.ts";
import { inPool } from "./pool.ts";
import { contentKey, once } from "./run.ts";

/** Blobs that move at a time; hosts may allow fewer. */
export const BLOBS_AT_ONCE = 8;

/**
 * Brings every blob to the target.
 *
 * A repository that lists no tags may still hold blobs of a copy that was interrupted. So as not to ask for each, the smallest blob
 * is asked for, and it is always the first to be complete: nothing else is sent to the end before it is there. Where it is missing,
 * no earlier run of the same copy can have completed any other.
 */
export async function copyBlobs(job: CopyJob, blobs: readonly Descriptor[]): Promise<void> {
  const wanted = blobs.filter((blob) => {
    job.emit({ type: "found", kind: "blob", digest: blob.digest, size: blob.size });
    if (!isExternal(blob) || job.options.includeExternal) return true;
    job.blobs.skipped++;
    job.emit({ type: "done", kind: "blob", digest: blob.digest, size: blob.size, outcome: "skipped" });
    return false;
  });
  if (wanted.length === 0) return job.options.reads?.leave();
  const { reads } = job.options;
  const stop = (reason: unknown) => job.stop(reason);
  if (job.withinRegistry || !job.options.targetTransport.remote || wanted.length === 1 || !await job.isFresh()) {
    const asks = job.options.targetTransport.remote && !job.withinRegistry;
    // All copies that share reads come to the blobs in one order.
    const shared = reads === undefined ? wanted : smallestFirst(wanted);
    await reads?.arrive(shared.map(({ digest }) => digest));
    return await inPool(shared, BLOBS_AT_ONCE, (blob) => copyOnce(job, blob, { asks }), stop);
  }
  const ordered = smallestFirst(wanted);
  const first = ordered[0]!;
  const found = await job.options.targetTransport.headBlob(job.target, first.digest, { signal: job.signal });
  if (found !== undefined) {
    job.notFresh();
    await reads?.arrive(ordered.map(({ digest }) => digest));
    return await inPool(ordered, BLOBS_AT_ONCE, (blob) => copyOnce(job, blob, { asks: true }), stop);
  }
  await reads?.arrive(ordered.map(({ digest }) => digest));
  let opened = () => {};
  const gate = new Promise<void>((resolve) => opened = resolve);
  await inPool(ordered, BLOBS_AT_ONCE, async (blob) => {
    if (blob !== first) return await copyOnce(job, blob, { asks: false, gate });
    try {
      await copyOnce(job, blob, { asks: false, first: true });
    } finally {
      opened();
    }
  }, stop);
}

/** The same blobs with the smallest of them first. */
function smallestFirst(blobs: readonly Descriptor[]): readonly Descriptor[] {
  const first = blobs.reduce((least, blob) => blob.size < least.size ? blob : least);
  return [first, ...blobs.filter((blob) => blob !== first)];
}

/**
 * Longest wait for the first blob. Places at the hosts are held meanwhile, and another copy of the run may need just those to bring
 * that blob; to go on then costs a later run some questions at most.
 */
const GATE_MS = 3000;

interface BlobWay {
  /** Ask the target first whether it has the blob. */
  readonly asks: boolean;
  /** Send nothing before this. */
  readonly gate?: Promise<void>;
  /** Others wait for it, and hold places at the hosts: it takes its own at once and for good, which a mount would not. */
  readonly first?: boolean;
}

async function copyOnce(job: CopyJob, blob: Descriptor, way: BlobWay): Promise<void> {
  for (;;) {
    let mine = false;
    try {
      const done = once(job.run.blobs, contentKey(job.target, blob.digest), () => {
        mine = true;
        return copyBlob(job, blob, way).finally(() => job.options.reads?.pass(blob.digest));
      });
      if (!mine) job.options.reads?.pass(blob.digest);
      await done;
      if (!mine) settle(job, blob, "exists");
      return;
    } catch (error) {
      // Another copy of the run failed, perhaps for a reason of its own: then this one tries for itself.
      if (mine || job.signal.aborted) throw error;
    }
  }
}

async function copyBlob(job: CopyJob, blob: Descriptor, way: BlobWay): Promise<void> {
  const { sourceTransport, targetTransport, onEvent } = job.options;
  const { signal, target } = job;
  const holderKey = `${target.registry}@${blob.digest}`;
  const known = target.registry === "" || way.first === true ? undefined : job.run.holders.get(holderKey);
  const holder = job.withinRegistry ? job.source : known;
  if (
    way.asks && holder === undefined && await targetTransport.headBlob(target, blob.digest, { signal }) !== undefined
  ) {
    if (target.registry !== "") job.run.holders.set(holderKey, target);
    return settle(job, blob, "exists");
  }
  job.emit({ type: "start", kind: "blob", digest: blob.digest, size: blob.size });
  const own = sourceTransport.blobSource(job.source, blob);
  const source = gated(job.options.reads?.share(own) ?? own, way.gate);
  const { outcome, descriptor } = await targetTransport.putBlob(target, source, {
    ...job.storing,
    ...(holder === undefined ? {} : { mountFrom: holder }),
    ...(onEvent === undefined
      ? {}
      : { onBytes: (bytes) => onEvent({ type: "bytes", copy: job.name, digest: blob.digest, bytes }) }),
  });
  if (target.registry !== "" && holder === undefined) job.run.holders.set(holderKey, target);
  if (outcome === "sent") job.bytes += descriptor.size;
  settle(job, blob, outcome);
}

function gated(source: BlobSource, gate: Promise<void> | undefined): BlobSource {
  if (gate === undefined) return source;
  return {
    ...source,
    open: async (offset, options) => {
      const stream = await source.open(offset, options);
      await within(gate, GATE_MS);
      return stream;
    },
  };
}

/** Waits for the work, or until the time is over. */
async function within(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
  try {
    await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

function settle(job: CopyJob, blob: Descriptor, outcome: BlobOutcome): void {
  job.blobs[outcome]++;
  job.emit({ type: "done", kind: "blob", digest: blob.digest, size: blob.size, outcome });
}

function isExternal(blob: Descriptor): boolean {
  return (blob.urls?.length ?? 0) > 0;
}
