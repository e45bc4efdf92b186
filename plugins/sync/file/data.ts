/**
 * A step as templates see it: `.Sync.Source`, `.Step.Backup`, by the names that regsync has.
 *
 * @module
 */
import { durationData, type GoValue, structData } from "../../../src/mod.ts";
import type { StepDocument } from "./form.ts";
import { DEFAULT_RETRY, spellOutPrune } from "./merge.ts";

/** Data of a step, with the target that is worked on. */
export async function stepData(step: StepDocument, target: string, referrerTarget?: string): Promise<GoValue> {
  const { ratelimit, repos, tagSets = [], tags = {} } = step;
  return await structData({
    type: "ConfigSync",
    fields: {
      Name: step.name ?? "",
      Source: step.source,
      Target: target,
      Type: step.type,
      Tags: await rulesData(tags),
      TagSets: await Promise.all(tagSets.map(rulesData)),
      Repos: await structData({
        type: "RepoAllowDeny",
        fields: { Allow: repos?.allow ?? [], Deny: repos?.deny ?? [] },
      }),
      DigestTags: step.digestTags ?? false,
      Referrers: step.referrers ?? false,
      ReferrerFilters: await Promise.all(
        (step.referrerFilters ?? []).map(({ annotations = {}, artifactType = "" }) =>
          structData({
            type: "ConfigReferrerFilter",
            fields: { ArtifactType: artifactType, Annotations: annotations },
          })
        ),
      ),
      ReferrerSrc: step.referrerSource ?? "",
      ReferrerTgt: referrerTarget ?? step.referrerTarget ?? "",
      ReferrerSlow: step.referrerSlow ?? false,
      Platform: step.platform ?? "",
      Platforms: step.platforms ?? [],
      FastCheck: step.fastCheck ?? false,
      ForceRecursive: step.forceRecursive ?? false,
      IncludeExternal: step.includeExternal ?? false,
      Backup: step.backup ?? "",
      Interval: await durationData(step.interval ?? 0),
      Schedule: step.schedule ?? "",
      RateLimit: await structData({
        type: "ConfigRateLimit",
        fields: { Min: ratelimit?.min ?? 0, Retry: await durationData(ratelimit?.retry ?? DEFAULT_RETRY) },
      }),
      MediaTypes: step.mediaTypes ?? [],
      Sparse: step.sparse ?? true,
      Prune: spellOutPrune(step.prune).enabled ?? false,
    },
  });
}

function rulesData(
  { allow = [], deny = [], semverRange = [] }: NonNullable<StepDocument["tags"]>,
): Promise<GoValue> {
  return structData({ type: "TagAllowDeny", fields: { Allow: allow, Deny: deny, SemverRange: semverRange } });
}
