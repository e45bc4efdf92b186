/**
 * Looks at an image on both sides and says what there is to do: the order of the questions is regsync's.
 *
 * @module
 */
import {
  chosenDigest,
  type Descriptor,
  FerryError,
  formatReference,
  isFerryError,
  isIndexType,
  missingExtras,
  type Reference,
  withDigest,
} from "../../../src/mod.ts";
import { registryOf } from "./blame.ts";
import { copyOptions } from "./copy_options.ts";
import type { Item, Target, Work } from "./work.ts";

/** What there is to do for one target. */
export interface Finding {
  /** The target. */
  readonly target: Target;
  /** `copy` and `refresh` are work, `failed` is one of several targets that could not be looked at; the others are no work. */
  readonly kind: "unchanged" | "exists" | "passed" | "refresh" | "copy" | "failed";
  /** Why, in a few words. */
  readonly why: string;
  /** What the target names; undefined where it names nothing. */
  readonly there: Descriptor | undefined;
}

/** What was found on both sides. */
export interface Look {
  /** What the source names; its digest is known. */
  readonly source: Descriptor;
  /** One for each target. */
  readonly findings: readonly Finding[];
}

/**
 * Looks at the source and at targets of an image.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN where the source is not there, PLATFORM_UNKNOWN, and what the transports throw
 */
export async function lookAt(work: Work, item: Item, targets: readonly Target[]): Promise<Look> {
  const trusted = work.mode !== "check" && !item.prepared.walks && targets.every(({ text }) => work.state.trusts(text));
  // Both sides are asked at once, unless the answer of the source may save the other question.
  const early = trusted ? undefined : targets.map((target) => headTarget(work, target.reference));
  for (const asked of early ?? []) asked.catch(() => {});
  const source = await headSource(work, item);
  const findings = await Promise.all(targets.map(async (target, at): Promise<Finding> => {
    const seen = work.state.seen(target.text);
    if (trusted && seen?.source === source.digest && seen.how === item.prepared.how) {
      return { target, kind: "unchanged", why: "as it was seen before", there: { ...source, digest: seen.target } };
    }
    let there: Descriptor | undefined;
    try {
      there = await (early?.[at] ?? headTarget(work, target.reference));
    } catch (error) {
      if (targets.length === 1 || work.signal.aborted) throw error;
      return { target, kind: "failed", why: String(error), there: undefined };
    }
    const finding = await judge(work, item, source, target, there);
    if (finding.kind === "unchanged" && there !== undefined) {
      const { how } = item.prepared;
      work.state.note(target.text, { source: source.digest, target: there.digest, how });
    }
    return finding;
  }));
  return { source, findings };
}

async function judge(
  work: Work,
  item: Item,
  source: Descriptor,
  target: Target,
  there: Descriptor | undefined,
): Promise<Finding> {
  const { prepared, source: from } = item;
  const { step, platforms, sparse, walks, how } = prepared;
  const same = there !== undefined && there.digest !== "" && there.digest === source.digest;
  const finding = (kind: Finding["kind"], why: string): Finding => ({ target, kind, why, there });
  if (same && !walks && (platforms.length === 0 || sparse || !isIndex(source))) return finding("unchanged", "the same");
  if (there !== undefined && work.mode === "missing") return finding("exists", "there already");
  if (source.mediaType !== "" && !step.mediaTypes.includes(source.mediaType)) {
    work.context.log.info("Skipping unsupported media type", {
      ref: formatReference(from),
      mediaType: source.mediaType,
      allowed: step.mediaTypes,
    });
    return finding("passed", `media type ${source.mediaType}`);
  }
  let matches = same;
  if (platforms.length > 0 && isIndex(source)) {
    const seen = work.state.seen(target.text);
    // What a copy of the same source gives is always the same: the source need not be read for it again.
    const wanted = seen?.source === source.digest && seen.how === how ? seen.target : chosenDigest(
      await work.memory.readManifest(await work.transport(from), withDigest(from, source.digest), work.signal),
      platforms,
      sparse,
    );
    matches = there?.digest === wanted;
    if (matches && (step.platform !== undefined ? !step.forceRecursive : !walks)) {
      return finding("unchanged", "the same for the platforms");
    }
  }
  if (matches && work.mode === "check") {
    const missing = await missingText(work, item, source, { target, there });
    if (missing !== "") return finding("copy", `the same, but ${missing}`);
    if (!step.forceRecursive) return finding("unchanged", "the same with what belongs to it");
  }
  if (matches) return finding("refresh", "the same, but what belongs to it is looked through");
  return finding("copy", there === undefined ? "missing at the target" : "changed at the source");
}

/** What the target misses of what goes along, in words; "" where that is nothing. */
async function missingText(
  work: Work,
  item: Item,
  source: Descriptor,
  ends: { readonly target: Target; readonly there: Descriptor | undefined },
): Promise<string> {
  const { referrers, digestTags } = await missingExtras(await copyOptions(work, item, source, ends));
  const counted = (count: number, one: string) => count === 0 ? [] : [count === 1 ? `1 ${one}` : `${count} ${one}s`];
  const words = [...counted(referrers, "referrer"), ...counted(digestTags, "digest tag")].join(" and ");
  return words === "" ? "" : `${words} ${referrers + digestTags === 1 ? "is" : "are"} missing or changed at the target`;
}

function isIndex({ mediaType }: Descriptor): boolean {
  return mediaType === "" || isIndexType(mediaType);
}

/** What the source names; asked for by content where the registry does not tell the digest. */
export async function headSource(work: Work, { source }: Item): Promise<Descriptor> {
  const { pulls, signal } = work;
  const registry = registryOf(source);
  const transport = await work.transport(source);
  const found = await work.lookups.hold(registry, async () => {
    signal.throwIfAborted();
    const head = await transport.headManifest(source, {
      signal,
      onRateLimit: (limit) => pulls.note(registry, limit),
    });
    return head?.digest === "" ? (await transport.getManifest(source, { signal })).descriptor : head;
  });
  work.breaker.worked(source);
  pulls.worked(registry);
  if (found !== undefined) return found;
  throw new FerryError("MANIFEST_UNKNOWN", `Image "${formatReference(source)}" does not exist`);
}

async function headTarget(work: Work, target: Reference): Promise<Descriptor | undefined> {
  const { signal } = work;
  const transport = await work.transport(target);
  return await work.lookups.hold(registryOf(target), async () => {
    signal.throwIfAborted();
    try {
      const head = await transport.headManifest(target, { signal });
      return head?.digest === "" ? (await transport.getManifest(target, { signal })).descriptor : head;
    } catch (error) {
      // Registries say so of repositories that do not exist yet; whether it may be written shows when it is.
      if (!isFerryError(error, "UNAUTHORIZED", "DENIED", "NAME_UNKNOWN", "NOT_FOUND")) throw error;
      work.context.log.debug("Target cannot be looked at", { target: formatReference(target), error });
      return undefined;
    }
  });
}
