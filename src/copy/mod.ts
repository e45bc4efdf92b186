/**
 * Copies images and artifacts of every kind between registries and layouts. Digests stay what they are.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { type Reference, sameRepository } from "../reference/reference.ts";
import { copyBlobs } from "./blobs.ts";
import { digestTagsOf, type Extra, referrersOf } from "./extras.ts";
import { CopyJob } from "./job.ts";
import { storeManifests } from "./manifests.ts";
import type { CopyOptions, CopyResult } from "./options.ts";
import { planCopy, readManifest } from "./plan.ts";
import { chosen, noteTree } from "./tree.ts";

export type { CopyEvent, CopyName } from "./event.ts";
export { type MissingExtras, missingExtras } from "./missing_extras.ts";
export { type CopyBlobOptions, copySingleBlob } from "./one_blob.ts";
export type { CopyOptions, CopyResult, KnownEnds } from "./options.ts";
export { chosenDigest } from "./platforms.ts";
export { CopyRun } from "./run.ts";
export { type SharedReader, SharedReads } from "./shared_reads.ts";

/**
 * Copies a manifest with all that it needs, and with what goes along. The target's name is the last thing to change: interrupted
 * anywhere, the target is what it was, and the next run sends only what is missing.
 *
 * @throws {FerryError} ARGUMENT_INVALID, PLATFORM_UNKNOWN, MANIFEST_UNKNOWN, DIGEST_MISMATCH and what the transports throw
 */
export async function copyImage(options: CopyOptions): Promise<CopyResult> {
  const target = options.target.tag === "" && options.target.digest === ""
    ? { ...options.target, tag: "latest" }
    : options.target;
  checkReferrerPlace("source", options.source, options.referrersSource);
  checkReferrerPlace("target", target, options.referrersTarget);
  const job = new CopyJob(options, options.source, target);
  const { sourceTransport, targetTransport } = options;
  const guard = targetTransport.copyGuard;
  job.guarded = guard !== undefined;
  const guarded = { source: options.source, target, sourceTransport, targetTransport, signal: job.signal };
  try {
    const skipped = await guard?.before(guarded);
    const result = skipped === undefined ? await copyWhole(job, target) : await leaveOut(job, target, skipped);
    if (skipped === undefined) await guard?.after(guarded, result);
    job.emit({ type: "end", outcome: "done" });
    return result;
  } catch (error) {
    job.emit({ type: "end", outcome: "failed" });
    throw error;
  } finally {
    options.reads?.leave();
  }
}

/** What a copy gives that is not made: what the target has, or would get. */
async function leaveOut(job: CopyJob, target: Reference, skipped: string): Promise<CopyResult> {
  const { options, signal } = job;
  const descriptor = await options.targetTransport.headManifest(target, { signal }) ??
    await options.sourceTransport.headManifest(options.source, { signal }) ?? { mediaType: "", digest: "", size: -1 };
  return { descriptor, changed: false, skipped, manifests: 0, blobs: { ...job.blobs }, bytes: 0 };
}

async function copyWhole(job: CopyJob, target: Reference): Promise<CopyResult> {
  const { options } = job;
  const copied = new Set<string>();
  const top = await copyTree(job, target, copied, true);
  if (!(options.fast && !top.changed)) await copyExtras(job, copied);
  await options.targetTransport.close(target);
  if (options.referrersTarget !== undefined) await options.targetTransport.close(options.referrersTarget);
  return {
    descriptor: top.descriptor,
    changed: top.changed || job.manifests > 0,
    manifests: job.manifests,
    blobs: { ...job.blobs },
    bytes: job.bytes,
  };
}

/** One transport serves either side: what it reads or writes for referrers must be of its kind. */
function checkReferrerPlace(side: "source" | "target", place: Reference, referrers: Reference | undefined): void {
  if (referrers === undefined || referrers.scheme === place.scheme) return;
  throw new FerryError("ARGUMENT_INVALID", `Referrers and ${side} must both be in registries or both in layouts`, {
    hint: "copy the image and its referrers one after the other",
  });
}

interface Copied {
  readonly descriptor: Descriptor;
  readonly changed: boolean;
}

/** Copies one manifest and what is below it; notes every digest that belongs to the copy, so that what goes along can be found. */
async function copyTree(job: CopyJob, target: Reference, copied: Set<string>, top: boolean): Promise<Copied> {
  const { options, source, signal } = job;
  const platforms = top ? options.platforms ?? [] : [];
  const goesAlong = options.referrers || options.digestTags;
  const known = top ? options.known : undefined;
  const [there, here] = known !== undefined ? [known.target, known.source] : await Promise.all([
    options.targetTransport.headManifest(target, { signal }),
    headSource(job),
  ]);
  const same = (digest: string) => there !== undefined && there.digest !== "" && there.digest === digest;
  const wanted = here?.digest ?? "";
  const leave = (descriptor: Descriptor): Copied => {
    copied.add(descriptor.digest);
    const { digest, size } = descriptor;
    job.emit({ type: "done", kind: "manifest", digest, size, outcome: "exists" });
    return { descriptor, changed: false };
  };
  if (
    platforms.length === 0 && same(wanted) && !options.forceRecursive &&
    (options.fast || !goesAlong || job.withinRepository)
  ) {
    return leave(there!);
  }
  if (there !== undefined && !job.withinRepository) job.notFresh();
  const whole = wanted === ""
    ? await options.sourceTransport.getManifest(source, { signal })
    : await readManifest(job, wanted);
  const { manifest, only } = await chosen(job, whole, platforms);
  const { digest } = manifest.descriptor;
  if (target.digest !== "" && target.digest !== digest) {
    throw new FerryError("DIGEST_MISMATCH", `Copy has digest ${digest}, but the target names ${target.digest}`);
  }
  if (same(digest) && !options.forceRecursive && !goesAlong) return leave(manifest.descriptor);
  if (job.withinRepository) {
    await storeManifests(job, { manifest, children: [] }, target);
    copied.add(digest);
    return { descriptor: manifest.descriptor, changed: true };
  }
  if (same(digest) && !options.forceRecursive) {
    // Only what goes along may be missing; the manifests are walked to find what it belongs to.
    await noteTree(job, manifest, copied);
    return leave(manifest.descriptor);
  }
  const plan = await planCopy(job, manifest, only);
  try {
    await copyBlobs(job, plan.blobs);
    await storeManifests(job, plan.root, target);
  } catch (error) {
    job.stop(error);
    throw error;
  }
  if (goesAlong) await noteTree(job, manifest, copied);
  copied.add(digest);
  return { descriptor: manifest.descriptor, changed: true };
}

/** What the source has, without its content: undefined where that has to be asked for anyway. */
async function headSource(job: CopyJob): Promise<Descriptor | undefined> {
  const { source, options, signal } = job;
  if (source.digest !== "") return { mediaType: "", digest: source.digest, size: -1 };
  return await options.sourceTransport.headManifest(source, { signal });
}

/** Copies what goes along with `copied`, and with that in turn; whatever was seen is not copied again, so that loops end. */
async function copyExtras(job: CopyJob, copied: Set<string>): Promise<void> {
  const { options } = job;
  if (job.withinRepository || !(options.referrers || options.digestTags)) return;
  const done = new Set<string>();
  const tags: Extra[] = [];
  for (let next = [...copied]; next.length > 0; next = [...copied].filter((digest) => !done.has(digest))) {
    for (const digest of next) done.add(digest);
    const found = await Promise.all(next.map(async (digest) => ({
      referrers: options.referrers ? await referrersOf(job, digest) : [],
      tags: options.digestTags ? await digestTagsOf(job, digest) : [],
    })));
    for (const extra of found.flatMap(({ referrers }) => referrers)) {
      if (!copied.has(extra.source.digest)) await copyExtra(job, extra, copied);
    }
    for (const extra of found.flatMap(({ tags }) => tags)) {
      if (tags.some(({ source }) => source.tag === extra.source.tag)) continue;
      tags.push(extra);
      await copyExtra(job, extra, copied);
    }
  }
}

async function copyExtra(job: CopyJob, extra: Extra, copied: Set<string>): Promise<void> {
  const options = { ...job.options, run: job.run, signal: job.signal, reads: undefined };
  const part = new CopyJob(options, extra.source, extra.target, job.name);
  // Of another repository, which referrers may go to, the guard knows nothing yet.
  part.guarded = job.guarded && sameRepository(extra.target, job.target);
  part.notFresh();
  try {
    await copyTree(part, extra.target, copied, false);
  } finally {
    job.manifests += part.manifests;
    job.bytes += part.bytes;
    for (const outcome of ["exists", "mounted", "linked", "sent", "skipped"] as const) {
      job.blobs[outcome] += part.blobs[outcome];
    }
  }
}
