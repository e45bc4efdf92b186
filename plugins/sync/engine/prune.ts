/**
 * Deletes tags at targets that no step stands for any more: tags alone, never the manifests that other tags may name.
 *
 * @module
 */
import {
  createNameFilter,
  FerryError,
  formatRepository,
  type NameFilter,
  type Reference,
  sameRepository,
  withTag,
} from "../../../src/mod.ts";
import { backupReference } from "../file/mod.ts";
import { toFerryError } from "./failure.ts";
import { type Listed, tagsOf } from "./items.ts";
import { textOf } from "./references.ts";
import { inShard } from "./shard.ts";
import type { Work } from "./work.ts";

/** Most deletions for each repository and run where the file does not say. */
export const PRUNE_MOST = 100;
/** Tags that stand for digests: signatures and lists of referrers belong to what they name. */
const DIGEST_TAG = /^(sha256|sha512)-[0-9a-f]{32,}/;

/**
 * Prunes every target that a pruning step of `listed` writes to.
 *
 * @param others true for a target that steps write to whose tags are not known here
 */
export async function prune(
  work: Work,
  listed: readonly Listed[],
  others: (target: Reference) => boolean,
): Promise<void> {
  const targets = new Map<string, Reference>();
  for (const { prepared, targets: places } of listed) {
    if (!prepared.step.prune.enabled || prepared.step.type === "image") continue;
    for (const place of places) targets.set(formatRepository(place), place);
  }
  for (const target of targets.values()) {
    if (work.stopping.aborted) return;
    const here = listed.filter(({ targets: places }) => places.some((place) => sameRepository(place, target)));
    try {
      await pruneTarget(work, target, here, others(target));
    } catch (thrown) {
      work.signal.throwIfAborted();
      const error = toFerryError(thrown);
      const text = formatRepository(target);
      work.context.log.error("Failed to prune", { target: text, error: error.message });
      work.report({
        step: pruners(here)[0]!.prepared.step.name,
        source: "",
        target: text,
        outcome: "failed",
        why: error.message,
        error,
      });
    }
  }
}

async function pruneTarget(work: Work, target: Reference, here: readonly Listed[], shared: boolean): Promise<void> {
  const { context, signal } = work;
  const text = formatRepository(target);
  if (shared) return context.log.warn("Not pruned, other steps write there as well", { target: text });
  if (here.some(({ tags }) => tags === undefined)) {
    return context.log.warn("Not pruned, a source has no tags or could not be listed", { target: text });
  }
  const names = [...await tagsOf(work, target)];
  const wanted = new Set(here.flatMap(({ tags }) => [...tags!]));
  const kept = await keptTags(work, target, here);
  const may = await mayGo(here);
  const gone = names.filter((tag) => !wanted.has(tag) && !kept.has(tag) && !DIGEST_TAG.test(tag) && may(tag));
  const most = Math.min(...pruners(here).map(({ prepared }) => prepared.step.prune.max ?? PRUNE_MOST));
  if (gone.length > most) {
    throw new FerryError(
      "POLICY",
      `Pruning "${text}" would delete ${gone.length} of ${names.length} tags, at most ${most} are allowed: none was deleted`,
      { hint: "look at them with sync check --plan, then raise max of prune" },
    );
  }
  const { name } = pruners(here)[0]!.prepared.step;
  const transport = await work.transport(target);
  for (const tag of gone) {
    if (work.stopping.aborted) return;
    if (!inShard(work.shard, name, target.repository === "" ? target.path : target.repository, tag)) continue;
    const image = withTag(target, tag);
    const row = { step: name, source: "", target: textOf(image), why: "not at the source" };
    if (work.mode === "check") {
      work.report({ ...row, outcome: "would-prune" });
      continue;
    }
    await transport.deleteTag(image, { signal });
    work.state.forget(row.target);
    context.log.info("Tag pruned", { target: row.target });
    work.report({ ...row, outcome: "pruned" });
  }
  if (work.mode !== "check") await transport.close(target);
}

function pruners(here: readonly Listed[]): readonly Listed[] {
  return here.filter(({ prepared }) => prepared.step.prune.enabled);
}

/** Tags that hold backups of what the steps stand for. */
async function keptTags(work: Work, target: Reference, here: readonly Listed[]): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const { prepared: { step }, tags } of here) {
    if (step.backup === undefined) continue;
    for (const tag of tags!) {
      const stepTarget = step.targets[0]!.target;
      const backup = await backupReference(step, { target: withTag(target, tag), stepTarget }, work.context);
      if (backup !== undefined && sameRepository(backup, target)) kept.add(backup.tag);
    }
  }
  return kept;
}

/** Whether the rules of pruning let a tag go. */
async function mayGo(here: readonly Listed[]): Promise<NameFilter> {
  const rules = pruners(here).map(({ prepared }) => prepared.step.prune);
  const exclude = rules.flatMap(({ keep }) => keep);
  const filters = await Promise.all(rules.map(({ match }) => createNameFilter({ include: match, exclude })));
  return (tag) => filters.some((filter) => filter(tag));
}
