/**
 * What goes along with an image: referrers (distribution-spec, "Listing Referrers") and digest tags.
 *
 * @module
 */
import { isFerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseDigest } from "../oci/digest.ts";
import { fallbackTag } from "../oci/referrers_tag.ts";
import { isTag } from "../reference/grammar.ts";
import { type Reference, withDigest, withTag } from "../reference/reference.ts";
import type { CopyJob } from "./job.ts";
import { contentKey, once, placeOf } from "./run.ts";

/** Something more to copy. */
export interface Extra {
  /** Where it is. */
  readonly source: Reference;
  /** Where it goes. */
  readonly target: Reference;
  /** Its media type, where a list says it. */
  readonly mediaType?: string;
}

/** Referrers of a manifest, each to be copied by digest. */
export async function referrersOf(job: CopyJob, digest: Digest): Promise<readonly Extra[]> {
  const { options, run, signal } = job;
  const from = options.referrersSource ?? job.source;
  const to = options.referrersTarget ?? job.target;
  const list = async (): Promise<readonly Descriptor[]> =>
    (await options.sourceTransport.listReferrers(withDigest(from, digest), { signal })).descriptors;
  const descriptors = run.referrers === undefined
    ? await list()
    : await once(run.referrers, contentKey(from, digest), list);
  return descriptors.filter((descriptor) => options.referrersFilter?.(descriptor) ?? true).map((descriptor) => ({
    source: withDigest(from, descriptor.digest),
    target: withDigest(to, descriptor.digest),
    mediaType: descriptor.mediaType,
  }));
}

/** Tags that belong to a manifest by their names: `sha256-<hex>` followed by anything. */
export async function digestTagsOf(job: CopyJob, digest: Digest): Promise<readonly Extra[]> {
  const { options, signal, run, source, target } = job;
  const { algorithm, encoded } = parseDigest(digest);
  const prefix = `${algorithm}-${encoded}`;
  const tags = await once(run.tags, placeOf(source), async () => {
    try {
      return (await options.sourceTransport.listTags(source, { signal })).tags;
    } catch (error) {
      if (isFerryError(error, "NAME_UNKNOWN")) return [];
      throw error;
    }
  });
  // The list of referrers under the bare tag is kept by whoever stores the referrers, where it is needed at all.
  return tags.filter((tag) =>
    tag.startsWith(prefix) && isTag(tag) && !(options.referrers && tag === fallbackTag(digest))
  )
    .map((tag) => ({ source: withTag(source, tag), target: withTag(target, tag) }));
}
