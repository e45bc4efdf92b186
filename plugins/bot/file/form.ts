/**
 * The form of a bot file as data: regbot's, with what ferry adds.
 *
 * @module
 */
import type { ValueOf, YamlModule } from "../../../src/mod.ts";

const SANDBOX = "false: scripts may use files, programs and the environment";
const ENV = "environment variables that scripts may read";
const MEMORY = "memory of a script, for example 64MiB";
const READ_AHEAD = "false: fetch nothing before a script asks for it";
const TIMEOUT = "time that a script may take, for example 10m";

/** The form. It is made with the parts of yaml, which load with the first file. */
// deno-lint-ignore explicit-module-boundary-types -- its type is what the check derives the file's from
export function botForm(
  { COUNT, CREDS, DURATION, FLAG, listOf, objectOf, oneOf, TEXT, textOf, WHEN_KEYS }: YamlModule,
) {
  const days = { ...DURATION, days: true } as const;
  const limits = {
    timeout: { shape: DURATION, summary: TIMEOUT },
    memory: { shape: TEXT, summary: MEMORY },
    sandbox: { shape: FLAG, summary: SANDBOX },
    env: { shape: listOf(TEXT), summary: ENV },
    readAhead: { shape: FLAG, summary: READ_AHEAD },
  } as const;
  return objectOf("bot", {
    version: { shape: COUNT, summary: "version of the file's form: 1" },
    creds: { shape: CREDS, summary: "settings and credentials of registries" },
    defaults: {
      summary: "what holds for all scripts that do not say otherwise, and for the run",
      shape: objectOf("defaults", {
        ...WHEN_KEYS,
        ...limits,
        parallel: { shape: COUNT, summary: "actions at a time; above 0 all scripts run at once" },
        blobLimit: { shape: COUNT, summary: "bytes above which uploads are chunked" },
        skipDockerConfig: { shape: FLAG, summary: "leave docker's and podman's credentials out" },
        userAgent: { shape: TEXT, summary: "user agent of requests" },
      }),
    },
    scripts: {
      summary: "Lua scripts",
      shape: listOf(objectOf("script", {
        name: { shape: TEXT, summary: "its name in logs and messages" },
        script: { shape: TEXT, summary: "its text" },
        file: { shape: TEXT, summary: "file that it is in, relative to this one" },
        ...WHEN_KEYS,
        ...limits,
      }, [["script", "file"]])),
    },
    retention: {
      summary: "which tags of repositories stay; the rest is deleted",
      shape: listOf(objectOf("retention", {
        name: { shape: TEXT, summary: "its name in logs and messages" },
        repositories: {
          shape: listOf(TEXT, 1),
          summary: "repositories; * stands for a part of a name, ** for any number of parts",
          required: true,
        },
        tags: {
          summary: "tags that this is about; others stay",
          shape: objectOf("tags", {
            allow: { shape: listOf(textOf("regexp")), summary: "one of these must match the whole tag" },
            deny: { shape: listOf(textOf("regexp")), summary: "none of these may match the whole tag" },
            semverRange: { shape: listOf(textOf("range")), summary: "ranges of versions; one must hold" },
          }),
        },
        keep: {
          summary: "tags that stay: those that any of these holds for",
          required: true,
          shape: objectOf("keep", {
            latest: { shape: COUNT, summary: "the newest so many" },
            by: {
              shape: oneOf(["created", "semver", "name"]),
              summary: "what the newest are told by; created unless given",
            },
            since: { shape: days, summary: "those younger than this, for example 30d" },
            perMinor: { shape: COUNT, summary: "the newest so many versions of each minor version" },
            match: { shape: listOf(textOf("regexp")), summary: "those whose whole name one of these matches" },
          }, [["latest", "since", "perMinor", "match"]]),
        },
        max: { shape: COUNT, summary: "most deletions for each repository and run; more, and none is deleted" },
        timeout: { shape: DURATION, summary: "time that a run may take" },
        ...WHEN_KEYS,
      })),
    },
  });
}

/** A bot file as it is written. */
export type BotDocument = ValueOf<ReturnType<typeof botForm>>;
/** A script as it is written. */
export type ScriptDocument = NonNullable<BotDocument["scripts"]>[number];
/** A rule of retention as it is written. */
export type RetentionDocument = NonNullable<BotDocument["retention"]>[number];
