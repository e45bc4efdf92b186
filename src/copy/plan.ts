/**
 * Finds what a copy has to move: reads the tree of manifests from the source, leaving out what the target has.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Manifest } from "../oci/manifest.ts";
import { isManifestType } from "../oci/media_type.ts";
import { withDigest } from "../reference/reference.ts";
import type { CopyJob } from "./job.ts";
import { contentKey, once } from "./run.ts";

/** A manifest to store, with what it needs. */
export interface PlannedManifest {
  /** The manifest. */
  readonly manifest: Manifest;
  /** Manifests that must be there before it. */
  readonly children: readonly PlannedManifest[];
}

/** What a copy has to move. */
export interface CopyPlan {
  /** The topmost manifest. */
  readonly root: PlannedManifest;
  /** Blobs that the tree needs, each once, in the tree's order: the same for every run of the same copy. */
  readonly blobs: readonly Descriptor[];
}

/** Reads the tree below `root`; `only` leaves just these children of the root to be copied. */
export async function planCopy(job: CopyJob, root: Manifest, only?: readonly Descriptor[]): Promise<CopyPlan> {
  const seen = new Map<string, Promise<PlannedManifest | undefined>>();
  const planned = await planManifest(job, root, seen, only);
  const blobs = new Map<string, Descriptor>();
  collectBlobs(planned, blobs, new Set());
  return { root: planned, blobs: [...blobs.values()] };
}

async function planManifest(
  job: CopyJob,
  manifest: Manifest,
  seen: Map<string, Promise<PlannedManifest | undefined>>,
  only?: readonly Descriptor[],
): Promise<PlannedManifest> {
  const { digest, size } = manifest.descriptor;
  job.emit({ type: "found", kind: "manifest", digest, size });
  const entries = childrenOf(only ?? manifest.manifests);
  const children = await Promise.all(entries.map((entry) => planOnce(job, entry, seen)));
  return { manifest, children: children.filter((child) => child !== undefined) };
}

/** Those entries of an index that are manifests. */
export function childrenOf(entries: readonly Descriptor[]): readonly Descriptor[] {
  return entries.filter(({ mediaType }) => isManifestType(mediaType) || mediaType === "");
}

function planOnce(
  job: CopyJob,
  descriptor: Descriptor,
  seen: Map<string, Promise<PlannedManifest | undefined>>,
): Promise<PlannedManifest | undefined> {
  return once(seen, descriptor.digest, () => planChild(job, descriptor, seen));
}

async function planChild(
  job: CopyJob,
  descriptor: Descriptor,
  seen: Map<string, Promise<PlannedManifest | undefined>>,
): Promise<PlannedManifest | undefined> {
  const { digest } = descriptor;
  if (!job.options.forceRecursive && await isStored(job, descriptor)) {
    job.emit({ type: "done", kind: "manifest", digest, size: descriptor.size, outcome: "exists" });
    return undefined;
  }
  const manifest = await readManifest(job, digest);
  checkSize(manifest.descriptor, descriptor);
  return await planManifest(job, manifest, seen);
}

/** True when the target has a child manifest, and so all that it needs. */
async function isStored(job: CopyJob, { digest }: Descriptor): Promise<boolean> {
  const key = contentKey(job.target, digest);
  if (job.run.stored.get(key) === true) return true;
  if (await job.isFresh()) return false;
  const { signal } = job;
  const found = await job.options.targetTransport.headManifest(withDigest(job.target, digest), { signal });
  if (found !== undefined) job.run.stored.set(key, true);
  return found !== undefined;
}

/** A manifest of the source by digest, read once a run. */
export function readManifest(job: CopyJob, digest: string): Promise<Manifest> {
  return job.run.readManifest(job.options.sourceTransport, withDigest(job.source, digest), job.signal);
}

function collectBlobs(planned: PlannedManifest, blobs: Map<string, Descriptor>, seen: Set<PlannedManifest>): void {
  if (seen.has(planned)) return;
  seen.add(planned);
  const { manifest, children } = planned;
  for (const child of children) collectBlobs(child, blobs, seen);
  const own = manifest.config === undefined ? manifest.layers : [manifest.config, ...manifest.layers];
  // An index may hold entries that are no manifests; they are blobs.
  const others = manifest.manifests.filter(({ mediaType }) => mediaType !== "" && !isManifestType(mediaType));
  for (const blob of [...own, ...others]) {
    const known = blobs.get(blob.digest);
    if (known === undefined || (known.size < 0 && blob.size >= 0)) blobs.set(blob.digest, blob);
    else if (blob.size >= 0) checkSize(known, blob);
  }
}

/**
 * Checks what one descriptor says of a size against what is known of the same content.
 *
 * @throws {FerryError} SIZE_MISMATCH
 */
function checkSize(known: Descriptor, said: Descriptor): void {
  if (known.size === said.size) return;
  throw new FerryError(
    "SIZE_MISMATCH",
    `Size of ${said.digest} is ${known.size} bytes, but a descriptor of it says ${said.size}`,
  );
}
