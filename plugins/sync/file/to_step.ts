/**
 * From a step as it is written, merged and expanded, to the step that the engine works by.
 *
 * @module
 */
import type { FormatMistake, TagRules } from "../../../src/mod.ts";
import type { StepDocument } from "./form.ts";
import { DEFAULT_MEDIA_TYPES, DEFAULT_RETRY, spellOutPrune, spellOutRetries } from "./merge.ts";
import type { Hook, Hooks, SyncStep, SyncTarget } from "./types.ts";

/** Where a step is. */
export interface StepPlace {
  /** Place in the list, from 0. */
  readonly index: number;
  /** Line in the file. */
  readonly line: number;
}

/** Makes the step. */
export function toStep(step: StepDocument, targets: readonly SyncTarget[], place: StepPlace): SyncStep {
  const { hooks = {}, ratelimit, rename = {}, repos = {}, tags = {}, tagSets = [] } = step;
  const prune = spellOutPrune(step.prune);
  const when = step.schedule ? { schedule: step.schedule } : step.interval ? { interval: step.interval } : {};
  return {
    ...place,
    name: step.name ?? step.source,
    source: step.source,
    targets,
    type: step.type,
    tagSets: saysNothing(tags) ? tagSets : [...tagSets, tags],
    repos: { allow: repos.allow ?? [], deny: repos.deny ?? [] },
    rename,
    ...(step.platform ? { platform: step.platform } : {}),
    platforms: step.platforms ?? [],
    sparse: step.sparse ?? true,
    mediaTypes: step.mediaTypes ?? DEFAULT_MEDIA_TYPES,
    fastCheck: step.fastCheck ?? false,
    forceRecursive: step.forceRecursive ?? false,
    digestTags: step.digestTags ?? false,
    referrers: step.referrers ?? false,
    referrerFilters: (step.referrerFilters ?? []).map(({ annotations = {}, artifactType }) =>
      artifactType ? { artifactType, annotations } : { annotations }
    ),
    ...(step.referrerSource ? { referrerSource: step.referrerSource } : {}),
    referrerSlow: step.referrerSlow ?? false,
    includeExternal: step.includeExternal ?? false,
    ...(step.backup ? { backup: step.backup } : {}),
    ...when,
    ...(ratelimit?.min ? { ratelimit: { min: ratelimit.min, retry: ratelimit.retry ?? DEFAULT_RETRY } } : {}),
    hooks: hooksOf(hooks),
    prune: {
      enabled: prune.enabled ?? false,
      match: prune.match ?? [],
      keep: prune.keep ?? [],
      ...(prune.max === undefined ? {} : { max: prune.max }),
    },
    retries: spellOutRetries(step.retries),
  };
}

function hooksOf({ post, pre, unchanged }: NonNullable<StepDocument["hooks"]>): Hooks {
  const hook = (one: typeof pre): Hook => ({ ...one, type: one?.type ?? "exec", params: one?.params ?? [] });
  return {
    ...(pre === undefined ? {} : { pre: hook(pre) }),
    ...(post === undefined ? {} : { post: hook(post) }),
    ...(unchanged === undefined ? {} : { unchanged: hook(unchanged) }),
  };
}

function saysNothing(rules: TagRules): boolean {
  return Object.values(rules).every((value) => value === undefined || (Array.isArray(value) && value.length === 0));
}

/** Keys of a step that have no effect, or not the one that they seem to have. */
export function oddities(step: StepDocument, merged: StepDocument): [key: string, mistake: FormatMistake][] {
  const odd: [string, FormatMistake][] = [];
  const noEffect = (key: keyof StepDocument, where: string) => {
    if (step[key] === undefined) return;
    odd.push([key, { message: `Key "${key}" has no effect ${where}`, hint: "take it out", severity: "warning" }]);
  };
  if (step.type === "image") {
    for (const key of ["tags", "tagSets", "rename", "prune"] as const) noEffect(key, "with type image");
  }
  if (step.type !== "registry") noEffect("repos", `with type ${step.type}`);
  if (step.platform) noEffect("platforms", 'beside "platform"');
  const prune = spellOutPrune(step.prune);
  if (step.prune !== undefined && prune.enabled === undefined && spellOutPrune(merged.prune).enabled !== true) {
    odd.push(["prune", {
      message: "Nothing is pruned",
      hint: 'add "enabled: true" to "prune"',
      severity: "warning",
    }]);
  }
  return odd;
}
