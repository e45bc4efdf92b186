/**
 * What a rule of retention keeps of a repository, and what it deletes.
 *
 * @module
 */
import { compareNewest, type TagFacts } from "./facts.ts";
import type { KeepRules } from "../file/types.ts";
import type { FilterModule } from "../../../src/mod.ts";

/** What becomes of a tag, and why. */
export interface Verdict {
  readonly tag: string;
  readonly action: "keep" | "delete";
  readonly why: string;
}

/** What becomes of each tag of the list, in its order. A tag stays when any of the rules holds for it. */
export async function planRetention(
  facts: readonly TagFacts[],
  keep: KeepRules,
  filter: FilterModule,
  now: number,
): Promise<readonly Verdict[]> {
  const reasons = new Map<string, string>();
  const add = (tag: string, why: string) => void (reasons.has(tag) || reasons.set(tag, why));
  const compile = await filter.loadExpressions("CONFIG_INVALID");
  const expressions = keep.match.map((text) => [text, compile(text)] as const);
  for (const { created, tag } of facts) {
    const matched = expressions.find(([, expression]) => expression.matches(tag));
    if (matched !== undefined) add(tag, `matches "${matched[0]}"`);
    if (keep.since !== undefined && created !== undefined && created >= now - keep.since) add(tag, "is young enough");
  }
  if (keep.latest !== undefined) {
    const newest = [...facts].sort(compareNewest(keep.by, filter));
    // What cannot be compared has no place among the newest: a name that is no version is not deleted by version.
    const comparable = newest.filter(({ tag }) => keep.by !== "semver" || filter.parseVersion(tag) !== undefined);
    for (const { tag } of comparable.slice(0, keep.latest)) {
      add(tag, `is one of the newest ${keep.latest} by ${keep.by}`);
    }
  }
  if (keep.perMinor !== undefined) {
    for (const [minor, tags] of byMinor(facts, filter)) {
      for (const tag of tags.slice(0, keep.perMinor)) add(tag, `is one of the newest ${keep.perMinor} of ${minor}`);
    }
  }
  const needsVersion = keep.perMinor !== undefined || (keep.latest !== undefined && keep.by === "semver");
  return facts.map(({ tag }) => {
    const why = reasons.get(tag) ??
      (needsVersion && filter.parseVersion(tag) === undefined
        ? "is no version, so the rule says nothing of it"
        : undefined);
    return why === undefined ? { tag, action: "delete", why: "nothing keeps it" } : { tag, action: "keep", why };
  });
}

/** Versions of each minor version, newest first. */
function byMinor(facts: readonly TagFacts[], filter: FilterModule): ReadonlyMap<string, readonly string[]> {
  const versions = facts.map(({ tag }) => filter.parseVersion(tag)).filter((version) => version !== undefined)
    .sort((a, b) => filter.compareVersions(b, a));
  return Map.groupBy(versions, ({ numbers }) => `${numbers[0] ?? 0n}.${numbers[1] ?? 0n}`)
    .entries().reduce(
      (all, [minor, list]) => all.set(minor, list.map(({ text }) => text)),
      new Map<string, string[]>(),
    );
}
