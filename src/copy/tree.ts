/**
 * Which manifests belong to a copy.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import type { Manifest } from "../oci/manifest.ts";
import type { CopyJob } from "./job.ts";
import type { CopyOptions } from "./options.ts";
import { childrenOf, readManifest } from "./plan.ts";
import { cutIndex, entriesFor, onlyImage } from "./platforms.ts";

/** What platforms leave of a manifest: one of its own, the index with just those, or all of it, with `only` these entries to copy. */
export async function chosen(
  job: CopyJob,
  whole: Manifest,
  platforms: NonNullable<CopyOptions["platforms"]>,
): Promise<{ readonly manifest: Manifest; readonly only?: readonly Descriptor[] }> {
  const { sparse } = job.options;
  if (platforms.length === 0 || whole.kind !== "index") return { manifest: whole };
  const entries = entriesFor(whole, platforms);
  if (sparse) return { manifest: whole, only: entries };
  if (platforms.length === 1) return { manifest: await readManifest(job, onlyImage(entries).digest) };
  return { manifest: cutIndex(whole, entries) };
}

/** Notes every manifest of a tree. */
export async function noteTree(job: CopyJob, manifest: Manifest, copied: Set<string>): Promise<void> {
  if (copied.has(manifest.descriptor.digest)) return;
  copied.add(manifest.descriptor.digest);
  await Promise.all(
    childrenOf(manifest.manifests).map(async ({ digest }) => {
      if (!copied.has(digest)) await noteTree(job, await readManifest(job, digest), copied);
    }),
  );
}
