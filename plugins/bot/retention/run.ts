/**
 * Runs a rule of retention: plans for each repository, then deletes tag by tag. A digest that another tag names stays: tags are
 * deleted, never manifests.
 *
 * @module
 */
import {
  alignTabs,
  FerryError,
  formatReference,
  formatRepository,
  isFerryError,
  loadFilter,
  type Reference,
  type Transport,
  withTag,
} from "../../../src/mod.ts";
import type { RetentionRule } from "../file/types.ts";
import type { RunShared } from "../run/run_script.ts";
import { lookUpCreated, type TagFacts } from "./facts.ts";
import { planRetention, type Verdict } from "./plan.ts";
import { repositoriesOf } from "./repositories.ts";

/** Tags that stand for digests and referrers are part of what they belong to. */
const DIGEST_TAG = /^sha(?:256|512)-[0-9a-f]{64,}/;

/**
 * Runs a rule. A repository that fails stops no other.
 *
 * @throws {FerryError} the first failure, after the rest was done
 */
export async function runRetention(rule: RetentionRule, shared: RunShared, signal: AbortSignal): Promise<void> {
  const limit = rule.timeout === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(rule.timeout)]);
  const failures: FerryError[] = [];
  const table: string[] = [];
  try {
    for (const repository of await repositoriesOf(shared.context, rule.repositories, limit)) {
      try {
        table.push(...await runRepository(rule, repository, shared, limit));
      } catch (error) {
        if (limit.aborted || !isFerryError(error)) throw error;
        shared.context.log.error("Retention failed", {
          script: rule.name,
          repository: formatRepository(repository),
          error: error.message,
        });
        failures.push(error);
      }
    }
  } catch (error) {
    if (limit.aborted && !signal.aborted) {
      throw new FerryError("TIMEOUT", `Rule "${rule.name}" took longer than its timeout allows`, { cause: error });
    }
    throw error;
  } finally {
    if (table.length > 0) {
      const text = alignTabs(`REPOSITORY\tTAG\tACTION\tWHY\n${table.join("\n")}\n`, { padding: 2 });
      shared.out.write(new TextEncoder().encode(text));
    }
  }
  if (failures.length > 0) throw failures[0]!;
}

/** Works on one repository; gives rows of the plan. */
async function runRepository(
  rule: RetentionRule,
  repository: Reference,
  { changes, context, dryRun }: RunShared,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const name = formatRepository(repository);
  const filter = await loadFilter();
  const transport = await context.transport(repository);
  const { tags: all } = await transport.listTags(repository, { signal });
  const { tags } = await (await filter.createTagSelector([rule.tags])).select(
    all.filter((tag) => !DIGEST_TAG.test(tag)),
  );
  const { keep, max } = rule;
  const needsCreated = keep.since !== undefined || (keep.latest !== undefined && keep.by === "created");
  const facts: readonly TagFacts[] = needsCreated
    ? await lookUpCreated(transport, repository, tags, signal)
    : tags.map((tag) => ({ tag }));
  const verdicts = await planRetention(facts, keep, filter, context.clock.now());
  const doomed = verdicts.filter(({ action }) => action === "delete");
  const row = ({ tag, why }: Verdict, action: string) => `${name}\t${tag}\t${action}\t${why}`;
  if (max !== undefined && doomed.length > max) {
    throw new FerryError(
      "POLICY",
      `Nothing of "${name}" was deleted: ${doomed.length} tags would go, and at most ${max} may`,
      { hint: `look at the plan with --dry-run and without max, or raise max` },
    );
  }
  const rows: string[] = dryRun ? verdicts.map((verdict) => row(verdict, verdict.action)) : [];
  for (const verdict of doomed) {
    const image = withTag(repository, verdict.tag);
    const digest = facts.find(({ tag }) => tag === verdict.tag)?.digest;
    context.log.info("Delete tag", {
      script: rule.name,
      image: formatReference(image),
      why: verdict.why,
      "dry-run": dryRun,
    });
    if (dryRun) continue;
    const isDeleted = await deleteOne(transport, image, digest, signal).finally(() => changes.tell(image));
    rows.push(row(verdict, isDeleted ? "deleted" : "moved"));
  }
  if (!dryRun && doomed.length > 0) await transport.close(repository);
  return rows;
}

/** Deletes a tag; one that names something else by now, or is gone, is left alone. */
async function deleteOne(
  transport: Transport,
  image: Reference,
  digest: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (digest !== undefined) {
    const now = await transport.headManifest(image, { signal });
    if (now === undefined || (now.digest !== "" && now.digest !== digest)) return false;
  }
  try {
    await transport.deleteTag(image, { signal });
    return true;
  } catch (error) {
    if (isFerryError(error, "MANIFEST_UNKNOWN")) return false;
    throw error;
  }
}
