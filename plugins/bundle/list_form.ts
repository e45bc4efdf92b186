/**
 * The form of a list of images: names, and the steps of sync files as far as they say what to read.
 *
 * @module
 */
import type { ValueOf, YamlModule } from "../../src/mod.ts";

/** The form, from the parts that forms are made of. */
// The type is what the data says; writing it down would be to write the form twice.
export function listForm(yaml: YamlModule) {
  const { COUNT, CREDS, eitherOf, FLAG, listOf, objectOf, oneOf, TEXT, textOf } = yaml;
  const REGEXPS = listOf(textOf("regexp"));
  const TEMPLATE = { kind: "text", format: "template", filled: true } as const;

  const along = {
    referrers: { shape: FLAG, summary: "take referrers along; as the command line says unless given" },
    digestTags: { shape: FLAG, summary: "take sha256-... tags along; as the command line says unless given" },
  } as const;
  const platforms = {
    platform: { shape: textOf("platform"), summary: "only this platform" },
    platforms: { shape: listOf(textOf("platform")), summary: "only these platforms" },
  } as const;
  const image = objectOf("image", {
    source: { shape: TEMPLATE, summary: "image to take", required: true },
    as: { shape: TEXT, summary: "full name in the bundle, instead of its own" },
    ...platforms,
    ...along,
  });
  const tags = objectOf("tags", {
    semverRange: { shape: listOf(textOf("range")), summary: "ranges of versions, one of which must hold" },
    allow: { shape: REGEXPS, summary: "expressions; one must match the whole tag where there are any" },
    deny: { shape: REGEXPS, summary: "expressions; none may match the whole tag" },
    since: { shape: { kind: "duration", days: true, min: 0 }, summary: "only images created since, for example 90d" },
    latest: { shape: { kind: "number", whole: true, min: 1 }, summary: "only this many of what is left, the newest" },
    sort: { shape: oneOf(["semver", "created", "name"]), summary: "what is newest for latest; semver unless given" },
  });
  const step = objectOf("step", {
    source: { shape: TEMPLATE, summary: "repository or image to read", required: true },
    type: { shape: oneOf(["repository", "image"]), summary: "all chosen tags, or one image", required: true },
    tags: { shape: tags, summary: "tags to take" },
    tagSets: { shape: listOf(tags), summary: "further sets of rules; a tag that one of them chooses is taken" },
    ...platforms,
    ...along,
  });
  const defaults = objectOf("defaults", {
    ...along,
    skipDockerConfig: { shape: FLAG, summary: "docker's credentials and certificates do not count" },
    userAgent: { shape: TEXT, summary: "user agent of requests" },
  });
  return objectOf("list of images", {
    version: { shape: COUNT, summary: "version of the file's form: 1" },
    creds: { shape: CREDS, summary: "settings and credentials of registries" },
    defaults: { shape: defaults, summary: "what holds for all steps" },
    images: { shape: listOf(eitherOf(TEMPLATE, image)), summary: "images to take" },
    sync: { shape: listOf(step), summary: "steps of a sync file; what they say of targets does not count" },
  });
}

/** A list as it is written. */
export type ListDocument = ValueOf<ReturnType<typeof listForm>>;

/** A step as it is written. */
export type StepDocument = NonNullable<ListDocument["sync"]>[number];
