/**
 * What a step says of the copy of one image to one target.
 *
 * @module
 */
import type { CopyOptions, Descriptor, KnownEnds } from "../../../src/mod.ts";
import { placeOf } from "./references.ts";
import type { Item, Target, Work } from "./work.ts";

/**
 * The options of a copy.
 *
 * @param ends where it goes, and what is there
 */
export async function copyOptions(
  work: Work,
  { prepared, source: from }: Item,
  source: Descriptor,
  ends: { readonly target: Target; readonly there: Descriptor | undefined },
): Promise<CopyOptions & { readonly known: KnownEnds }> {
  const { step } = prepared;
  const { referrers, reference: target } = ends.target;
  const [sourceTransport, targetTransport] = await Promise.all([work.transport(from), work.transport(target)]);
  return {
    source: from,
    target,
    sourceTransport,
    targetTransport,
    platforms: prepared.platforms,
    sparse: prepared.sparse,
    referrers: step.referrers,
    ...(prepared.referrersFilter === undefined ? {} : { referrersFilter: prepared.referrersFilter }),
    ...(step.referrerSource === undefined ? {} : { referrersSource: placeOf(step.referrerSource) }),
    ...(referrers === undefined ? {} : { referrersTarget: referrers }),
    digestTags: step.digestTags,
    includeExternal: step.includeExternal,
    fast: step.fastCheck,
    forceRecursive: step.forceRecursive,
    onEvent: work.onCopyEvent,
    signal: work.signal,
    run: work.memory,
    known: { source, target: ends.there },
  };
}
