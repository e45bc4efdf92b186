/**
 * A sync file as yaml, expanded: regsync's keys in regsync's order, then ferry's own where they say something.
 *
 * @module
 */
import { formatDuration, loadYaml, type RegistryEntry } from "../../../src/mod.ts";
import type { DefaultsDocument, StepDocument } from "./form.ts";
import { DEFAULT_RETRY } from "./merge.ts";
import type { SyncFile } from "./types.ts";

/** How to show a file. */
export interface FormatOptions {
  /** Passwords, tokens and keys are shown as they are. */
  readonly showSecrets?: boolean;
}

/** The file as yaml with everything expanded; secrets are masked unless they are asked for. */
export async function formatSyncFile(file: SyncFile, { showSecrets = false }: FormatOptions = {}): Promise<string> {
  const { hideSecrets, writeYaml } = await loadYaml();
  const { defaults = {}, sync = [] } = file.document;
  return writeYaml({
    version: file.version,
    creds: file.creds.map((entry) => credValue(showSecrets ? entry : hideSecrets(entry))),
    defaults: defaultsValue(defaults),
    sync: sync.map(stepValue),
  });
}

type Values = Readonly<Record<string, unknown>>;

/** Keys of an entry with what says nothing in regsync, in its order. */
const CRED_ZEROS: Values = {
  registry: "",
  tls: "",
  regcert: "",
  clientCert: "",
  clientKey: "",
  hostname: "",
  user: "",
  pass: "",
  token: "",
  credHelper: "",
  credExpire: 0,
  credHost: "",
  pathPrefix: "",
  mirrors: [],
  priority: 0,
  repoAuth: false,
  api: "",
  apiOpts: {},
  blobChunk: 0,
  blobMax: 0,
  reqPerSec: 0,
  reqConcurrent: 0,
  scheme: "",
};

function credValue(entry: RegistryEntry): Values {
  return { ...CRED_ZEROS, ...entry };
}

function defaultsValue(defaults: DefaultsDocument): Values {
  const { blobLimit, cacheCount, cacheTime, lookups, parallel, report, skipDockerConfig, state, userAgent } = defaults;
  return {
    backup: defaults.backup ?? "",
    interval: duration(defaults.interval),
    schedule: defaults.schedule ?? "",
    ratelimit: ratelimitValue(defaults),
    parallel: parallel ?? 0,
    digestTags: defaults.digestTags ?? null,
    referrers: defaults.referrers ?? null,
    referrerFilters: filtersValue(defaults),
    referrerSource: defaults.referrerSource ?? "",
    referrerTarget: defaults.referrerTarget ?? "",
    referrerSlow: defaults.referrerSlow ?? null,
    fastCheck: defaults.fastCheck ?? null,
    forceRecursive: defaults.forceRecursive ?? null,
    includeExternal: defaults.includeExternal ?? null,
    mediaTypes: defaults.mediaTypes ?? [],
    hooks: hooksValue(defaults),
    blobLimit: blobLimit ?? 0,
    cacheCount: cacheCount ?? 0,
    cacheTime: duration(cacheTime),
    skipDockerConfig: skipDockerConfig ?? false,
    userAgent: userAgent ?? "",
    ...given({ lookups, report, state }),
    ...ownValue(defaults),
  };
}

function stepValue(step: StepDocument): Values {
  const { name, platforms, rename, repos, tagSets, targets } = step;
  return {
    ...given({ name }),
    source: step.source,
    target: step.target ?? "",
    ...given({ targets }),
    type: step.type,
    tags: tagsValue(step.tags ?? {}),
    tagSets: (tagSets ?? []).map(tagsValue),
    repos: { allow: repos?.allow ?? [], deny: repos?.deny ?? [] },
    ...given({ rename }),
    digestTags: step.digestTags ?? false,
    referrers: step.referrers ?? false,
    referrerFilters: filtersValue(step),
    referrerSource: step.referrerSource ?? "",
    referrerTarget: step.referrerTarget ?? "",
    referrerSlow: step.referrerSlow ?? false,
    platform: step.platform ?? "",
    platforms: platforms ?? [],
    fastCheck: step.fastCheck ?? false,
    forceRecursive: step.forceRecursive ?? false,
    includeExternal: step.includeExternal ?? false,
    backup: step.backup ?? "",
    interval: duration(step.interval),
    schedule: step.schedule ?? "",
    ratelimit: ratelimitValue(step),
    mediaTypes: step.mediaTypes ?? [],
    hooks: hooksValue(step),
    ...ownValue(step),
  };
}

type Common = DefaultsDocument & Partial<StepDocument>;

function ratelimitValue({ ratelimit }: Common): Values {
  return { min: ratelimit?.min ?? 0, retry: duration(ratelimit?.retry ?? DEFAULT_RETRY) };
}

function filtersValue({ referrerFilters = [] }: Common): readonly Values[] {
  return referrerFilters.map(({ annotations = {}, artifactType = "" }) => ({ artifactType, annotations }));
}

function hooksValue({ hooks = {} }: Common): Values {
  const value = (hook: typeof hooks.pre) =>
    hook === undefined ? null : {
      type: hook.type ?? "exec",
      params: hook.params,
      ...(hook.timeout === undefined ? {} : { timeout: duration(hook.timeout) }),
    };
  return { pre: value(hooks.pre), post: value(hooks.post), unchanged: value(hooks.unchanged) };
}

function tagsValue(
  { allow = [], deny = [], latest, semverRange, since, sort }: NonNullable<StepDocument["tags"]>,
): Values {
  return {
    allow,
    deny,
    ...(semverRange === undefined || semverRange.length === 0 ? {} : { semverRange }),
    ...given({ since: since === undefined ? undefined : duration(since), latest, sort }),
  };
}

/** Ferry's own keys of steps and defaults. */
function ownValue({ prune, retries, sparse }: Common): Values {
  const times = typeof retries === "object" && retries.delay !== undefined
    ? { ...retries, delay: duration(retries.delay) }
    : retries;
  return given({
    sparse,
    prune: isPlain(prune, { enabled: false }) ? undefined : prune,
    retries: isPlain(times, {}) ? undefined : times,
  });
}

function isPlain(value: unknown, plain: Values): boolean {
  return JSON.stringify(value) === JSON.stringify(plain);
}

function given(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function duration(milliseconds = 0): string {
  return formatDuration(milliseconds);
}
