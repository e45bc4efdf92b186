/**
 * What the target misses of what goes along with an image. Nothing is changed, and of what is missing nothing more is asked.
 *
 * @module
 */
import { isFerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { isIndexType } from "../oci/media_type.ts";
import { withDigest } from "../reference/reference.ts";
import { digestTagsOf, type Extra, referrersOf } from "./extras.ts";
import { CopyJob } from "./job.ts";
import type { CopyOptions, KnownEnds } from "./options.ts";
import { readManifest } from "./plan.ts";
import { once, placeOf } from "./run.ts";
import { chosen, noteTree } from "./tree.ts";

/** How many of each kind are missing, or name something else. */
export interface MissingExtras {
  /** Referrers that the target does not have. */
  readonly referrers: number;
  /** Digest tags that the target does not have, or that name something else there. */
  readonly digestTags: number;
}

/**
 * Looks through what {@linkcode copyImage} would take along for an image that is the same on both sides. Costs one list of referrers
 * for each manifest, and one more where there are any.
 *
 * @throws {FerryError} PLATFORM_UNKNOWN, MANIFEST_UNKNOWN and what the transports throw
 */
export async function missingExtras(options: CopyOptions & { readonly known: KnownEnds }): Promise<MissingExtras> {
  const job = new CopyJob(options, options.source, options.target);
  const referrersMissing = new Set<Digest>();
  const tagsMissing = new Set<string>();
  if (job.withinRepository) return { referrers: 0, digestTags: 0 };
  const seen = await treeOf(job, options.known.source.digest, options.known.source.mediaType, options.platforms);
  const done = new Set<Digest>();
  for (let next = [...seen]; next.length > 0; next = [...seen].filter((digest) => !done.has(digest))) {
    for (const digest of next) done.add(digest);
    await Promise.all(next.map(async (digest) => {
      const [referrers, tags] = await Promise.all([
        options.referrers ? referrersOf(job, digest) : [],
        options.digestTags ? digestTagsOf(job, digest) : [],
      ]);
      const there = referrers.length === 0 ? undefined : await referrersThere(job, digest);
      await Promise.all([
        ...referrers.map(async (extra) => {
          // A list of referrers may lag behind; the manifest itself is what a copy looks at.
          if (there!.has(extra.source.digest) || await headThere(job, extra) !== undefined) {
            await follow(job, extra.source.digest, extra.mediaType ?? "", seen);
          } else referrersMissing.add(extra.source.digest);
        }),
        ...tags.map(async (extra) => {
          const found = await sameTag(job, extra);
          if (found === undefined) tagsMissing.add(extra.source.tag);
          else await follow(job, found.digest, found.mediaType, seen);
        }),
      ]);
    }));
  }
  return { referrers: referrersMissing.size, digestTags: tagsMissing.size };
}

async function treeOf(
  job: CopyJob,
  digest: Digest,
  mediaType: string,
  platforms: CopyOptions["platforms"] = [],
): Promise<Set<Digest>> {
  const seen = new Set<Digest>();
  if (platforms.length === 0 || !(mediaType === "" || isIndexType(mediaType))) {
    await follow(job, digest, mediaType, seen);
  } else {
    const { manifest } = await chosen(job, await readManifest(job, digest), platforms);
    await noteTree(job, manifest, seen);
  }
  return seen;
}

/** Notes a manifest, and what is below it: only an index has to be read for that. */
async function follow(job: CopyJob, digest: Digest, mediaType: string, seen: Set<Digest>): Promise<void> {
  if (seen.has(digest)) return;
  if (mediaType === "" || isIndexType(mediaType)) await noteTree(job, await readManifest(job, digest), seen);
  else seen.add(digest);
}

async function referrersThere(job: CopyJob, digest: Digest): Promise<ReadonlySet<Digest>> {
  const { options, signal } = job;
  const place = options.referrersTarget ?? job.target;
  const { descriptors } = await options.targetTransport.listReferrers(withDigest(place, digest), { signal });
  return new Set(descriptors.map((descriptor) => descriptor.digest));
}

async function headThere({ options, signal }: CopyJob, { target }: Extra): Promise<Descriptor | undefined> {
  try {
    return await options.targetTransport.headManifest(target, { signal });
  } catch (error) {
    if (isFerryError(error, "NAME_UNKNOWN")) return undefined;
    throw error;
  }
}

/** What a digest tag names on both sides; undefined where the target has no such tag, or another one. */
async function sameTag(job: CopyJob, extra: Extra): Promise<Descriptor | undefined> {
  const { options, run, signal, target } = job;
  const tags = await once(
    run.tags,
    placeOf(target),
    async () => (await options.targetTransport.listTags(target, { signal })).tags,
  );
  if (!tags.includes(extra.target.tag)) return undefined;
  const [here, there] = await Promise.all([
    options.sourceTransport.headManifest(extra.source, { signal }),
    headThere(job, extra),
  ]);
  // A tag that is gone by now is not copied either.
  if (here === undefined) return there;
  return there?.digest === here.digest ? here : undefined;
}
