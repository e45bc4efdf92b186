/**
 * Works the defaults of a sync file into its steps. As in regsync, an empty text, list or time says nothing.
 *
 * @module
 */
import type { DefaultsDocument, StepDocument } from "./form.ts";

/** Media types of manifests that are copied where the file does not say. */
export const DEFAULT_MEDIA_TYPES: readonly string[] = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
];
/** Milliseconds until the next look at a rate limit where the file does not say. */
export const DEFAULT_RETRY = 300_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type CopyKey = keyof DefaultsDocument & keyof StepDocument;

/** Keys whose default counts where the step says nothing. */
const INHERITED = [
  "backup",
  "digestTags",
  "referrers",
  "referrerFilters",
  "referrerSource",
  "referrerTarget",
  "referrerSlow",
  "fastCheck",
  "forceRecursive",
  "includeExternal",
  "mediaTypes",
  "sparse",
] as const satisfies readonly CopyKey[];

/** A step with everything that the defaults say of it. */
export function mergeStep(step: StepDocument, defaults: DefaultsDocument): StepDocument {
  const merged: Mutable<StepDocument> = { ...step };
  for (const key of INHERITED) {
    const value = isEmpty(key, step[key]) ? defaults[key] : step[key];
    Object.assign(merged, { [key]: value });
  }
  if (isEmpty("mediaTypes", merged.mediaTypes)) merged.mediaTypes = DEFAULT_MEDIA_TYPES;
  if (!step.schedule && !step.interval) {
    if (defaults.schedule) merged.schedule = defaults.schedule;
    else if (defaults.interval) merged.interval = defaults.interval;
  }
  merged.ratelimit = {
    min: step.ratelimit?.min || defaults.ratelimit?.min || 0,
    retry: step.ratelimit?.retry || defaults.ratelimit?.retry || DEFAULT_RETRY,
  };
  merged.hooks = { ...defaults.hooks, ...step.hooks };
  merged.prune = { enabled: false, ...spellOutPrune(defaults.prune), ...spellOutPrune(step.prune) };
  merged.retries = { ...spellOutRetries(defaults.retries), ...spellOutRetries(step.retries) };
  return merged;
}

type Prune = Exclude<StepDocument["prune"], boolean | undefined>;
type Retries = Exclude<StepDocument["retries"], number | undefined>;

/** `prune: true` is short for `prune: {enabled: true}`. */
export function spellOutPrune(prune: StepDocument["prune"]): Prune {
  return typeof prune === "boolean" ? { enabled: prune } : prune ?? {};
}

/** `retries: 3` is short for `retries: {count: 3}`. */
export function spellOutRetries(retries: StepDocument["retries"]): Retries {
  return typeof retries === "number" ? { count: retries } : retries ?? {};
}

function isEmpty(key: CopyKey, value: unknown): boolean {
  // An empty list of filters takes the default's filters away; an empty list of media types says nothing.
  if (Array.isArray(value)) return value.length === 0 && key !== "referrerFilters";
  return value === undefined || value === "";
}
