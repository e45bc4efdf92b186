/**
 * Stores manifests, children before parents, the topmost one last.
 *
 * @module
 */
import { type Reference, withDigest } from "../reference/reference.ts";
import type { CopyJob } from "./job.ts";
import type { PlannedManifest } from "./plan.ts";
import { inPool } from "./pool.ts";
import { contentKey, placeOf } from "./run.ts";

/** Manifests that are stored at a time. */
const MANIFESTS_AT_ONCE = 8;

/** Stores the tree; `target` names the topmost manifest. */
export async function storeManifests(job: CopyJob, root: PlannedManifest, target: Reference): Promise<void> {
  const levels: Set<PlannedManifest>[] = [];
  const heights = new Map<PlannedManifest, number>();
  heightOf(root, levels, heights);
  for (const level of levels) {
    await inPool(
      [...level].filter((planned) => planned !== root),
      MANIFESTS_AT_ONCE,
      (planned) => store(job, planned, withDigest(job.target, planned.manifest.descriptor.digest)),
      (reason) => job.stop(reason),
    );
  }
  await store(job, root, target);
}

async function store(job: CopyJob, { manifest }: PlannedManifest, target: Reference): Promise<void> {
  const { digest, size } = manifest.descriptor;
  const key = contentKey(target, digest);
  if (target.tag === "" && job.run.stored.has(key)) return;
  job.emit({ type: "start", kind: "manifest", digest, size });
  await job.options.targetTransport.putManifest(target, manifest, job.storing);
  job.run.stored.set(key, true);
  // What was listed of the target before is not all there is now.
  if (target.tag !== "") job.run.tags.delete(placeOf(target));
  if (manifest.subject !== undefined) job.run.referrers?.delete(contentKey(target, manifest.subject.digest));
  job.manifests++;
  job.emit({ type: "done", kind: "manifest", digest, size, outcome: "sent" });
}

/** Sorts the tree by height: what has no children first. A manifest that several parents share is there once. */
function heightOf(
  planned: PlannedManifest,
  levels: Set<PlannedManifest>[],
  heights: Map<PlannedManifest, number>,
): number {
  const known = heights.get(planned);
  if (known !== undefined) return known;
  const height = planned.children.reduce((most, child) => Math.max(most, heightOf(child, levels, heights) + 1), 0);
  heights.set(planned, height);
  (levels[height] ??= new Set()).add(planned);
  return height;
}
