/**
 * The form of a sync file: regsync's keys, and ferry's beside them. The check, the types and the schema come from here.
 *
 * @module
 */
import type { ValueOf, YamlModule } from "../../../src/mod.ts";

/** The form, from the parts that forms are made of. */
// The type is what the data says; writing it down would be to write the form twice.
export function syncForm(yaml: YamlModule) {
  const { COUNT, CREDS, DURATION, eitherOf, FLAG, listOf, mapOf, objectOf, oneOf, TEXT, textOf, WHEN_KEYS } = yaml;
  const REGEXPS = listOf(textOf("regexp"));
  const TEMPLATE = textOf("template");
  const FILLED_TEMPLATE = { kind: "text", format: "template", filled: true } as const;
  const POSITIVE = { kind: "number", whole: true, min: 1 } as const;

  const names = objectOf("names", {
    allow: { shape: REGEXPS, summary: "expressions; one must match the whole name where there are any" },
    deny: { shape: REGEXPS, summary: "expressions; none may match the whole name" },
  });
  const tags = objectOf("tags", {
    semverRange: {
      shape: listOf(textOf("range")),
      summary: 'ranges of versions, one of which must hold, for example ">=1.2 <3" or "^3.18"; other tags fall away',
    },
    allow: { shape: REGEXPS, summary: "expressions; one must match the whole tag where there are any" },
    deny: { shape: REGEXPS, summary: "expressions; none may match the whole tag" },
    since: { shape: { kind: "duration", days: true, min: 0 }, summary: "only images created since, for example 90d" },
    latest: { shape: POSITIVE, summary: "only this many of what is left, the newest" },
    sort: { shape: oneOf(["semver", "created", "name"]), summary: "what is newest for latest; semver unless given" },
  });
  const hook = objectOf("hook", {
    type: { shape: oneOf(["exec"]), summary: "exec: run a program, without a shell" },
    params: { shape: listOf(TEXT, 1), summary: "the program and its arguments", required: true },
    timeout: { shape: DURATION, summary: "how long it may take" },
  });
  const hooks = objectOf("hooks", {
    pre: { shape: hook, summary: "before a copy; when it fails the image is not copied" },
    post: { shape: hook, summary: "after a copy" },
    unchanged: { shape: hook, summary: "when there was nothing to copy" },
  });
  const rewrite = eitherOf(
    listOf(objectOf("rule", {
      match: { shape: textOf("regexp"), summary: "expression that must match the whole name", required: true },
      replace: { shape: TEXT, summary: "the new name; $1 or ${name} stand for groups", required: true },
    })),
    TEMPLATE,
  );
  const rename = objectOf("rename", {
    tag: { shape: rewrite, summary: "new tag: a template over .Tag, or rules of which the first that matches is used" },
    repository: { shape: rewrite, summary: "new repository, for type registry: a template over .Repository, or rules" },
  });
  const prune = eitherOf(
    objectOf("prune", {
      enabled: { shape: FLAG, summary: "delete tags at the target that the source does not have; false unless given" },
      match: { shape: REGEXPS, summary: "only tags that one of these matches may go" },
      keep: { shape: REGEXPS, summary: "tags that one of these matches stay" },
      max: { shape: COUNT, summary: "most deletions for each repository and run; more, and none is deleted" },
    }),
    FLAG,
  );
  const retries = eitherOf(
    objectOf("retries", {
      count: { shape: COUNT, summary: "further tries of an image that failed" },
      delay: { shape: DURATION, summary: "time before the first of them, doubled each time" },
    }),
    COUNT,
  );
  const referrerFilter = objectOf("referrerFilter", {
    artifactType: { shape: TEXT, summary: "artifact type that a referrer must have" },
    annotations: { shape: mapOf(TEXT), summary: "annotations that it must have; an empty value is any value" },
  });
  const ratelimit = objectOf("ratelimit", {
    min: { shape: COUNT, summary: "pulls that must be left to start a copy" },
    retry: { shape: DURATION, summary: "time until the next look; 5m unless given" },
  });

  /** What a step may say, and `defaults` for all steps. */
  const copyKeys = {
    backup: {
      shape: TEMPLATE,
      summary: "where an image goes before it is replaced: a tag or reference, a template over .Ref, .Step and .Sync",
    },
    ...WHEN_KEYS,
    ratelimit: { shape: ratelimit, summary: "when to wait for the source's rate limit", aliases: ["rateLimit"] },
    digestTags: { shape: FLAG, summary: "copy sha256-... tags along" },
    referrers: { shape: FLAG, summary: "copy referrers along: signatures, attestations" },
    referrerFilters: { shape: listOf(referrerFilter), summary: "copy only referrers that one of these fits" },
    referrerSource: { shape: TEMPLATE, summary: "repository to find referrers in, instead of the source" },
    referrerTarget: { shape: TEMPLATE, summary: "repository that referrers go to, instead of the target" },
    referrerSlow: { shape: FLAG, summary: "search layouts for referrers that no list names; ferry always does" },
    fastCheck: { shape: FLAG, summary: "equal digests end the work on an image", aliases: ["fastCopy"] },
    forceRecursive: { shape: FLAG, summary: "walk through all content although the image is the same already" },
    includeExternal: { shape: FLAG, summary: "copy layers that have urls as well" },
    mediaTypes: { shape: listOf(TEXT), summary: "media types of manifests to copy" },
    hooks: { shape: hooks, summary: "programs to run around an image" },
    sparse: { shape: FLAG, summary: "with platforms: keep the whole index; true unless given" },
    prune: { shape: prune, summary: "delete tags at the target that the source does not have" },
    retries: { shape: retries, summary: "further tries of an image that failed" },
  } as const;

  const defaults = objectOf("defaults", {
    ...copyKeys,
    parallel: { shape: COUNT, summary: "copies at a time" },
    lookups: { shape: COUNT, summary: "lookups at a time" },
    blobLimit: { shape: COUNT, summary: "bytes above which uploads are chunked" },
    cacheCount: {
      shape: COUNT,
      summary: "manifests, and lists of referrers, that may be kept in memory; 256 unless given",
    },
    cacheTime: { shape: DURATION, summary: "how long manifests and lists may be kept in memory; 5m unless given" },
    skipDockerConfig: { shape: FLAG, summary: "docker's credentials and certificates do not count" },
    userAgent: { shape: TEXT, summary: "user agent of requests" },
    report: { shape: TEXT, summary: "file that the report of a run goes to" },
    state: { shape: TEXT, summary: "file that a run remembers what it saw in" },
  });

  const step = objectOf("step", {
    name: { shape: textOf("name"), summary: "name of the step, for --only, logs and reports" },
    source: { shape: FILLED_TEMPLATE, summary: "registry, repository or image to read", required: true },
    target: { shape: FILLED_TEMPLATE, summary: "where it goes; a template over .Sync" },
    targets: { shape: listOf(FILLED_TEMPLATE, 1), summary: "several targets; the source is read once" },
    type: {
      shape: oneOf(["registry", "repository", "image"]),
      summary: "what is copied: a registry's repositories, a repository's tags, or one image",
      required: true,
    },
    tags: { shape: tags, summary: "tags to copy" },
    tagSets: { shape: listOf(tags), summary: "further sets of rules; a tag that one of them chooses is copied" },
    repos: { shape: names, summary: "repositories to copy, for type registry" },
    rename: { shape: rename, summary: "new names at the target" },
    platform: { shape: textOf("platform"), summary: "copy the manifest of this platform alone" },
    platforms: { shape: listOf(textOf("platform")), summary: "copy the content of these platforms only" },
    ...copyKeys,
  }, [["target", "targets"]]);

  return objectOf("sync file", {
    version: { shape: COUNT, summary: "version of the file's form: 1" },
    creds: { shape: CREDS, summary: "settings and credentials of registries" },
    defaults: { shape: defaults, summary: "what holds for all steps, and for the run" },
    sync: { shape: listOf(step), summary: "what to copy" },
  });
}

/** A sync file as it is written. */
export type SyncDocument = ValueOf<ReturnType<typeof syncForm>>;

/** A step as it is written. */
export type StepDocument = NonNullable<SyncDocument["sync"]>[number];

/** `defaults` as they are written. */
export type DefaultsDocument = NonNullable<SyncDocument["defaults"]>;
