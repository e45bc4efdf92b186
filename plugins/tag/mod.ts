/**
 * The noun `tag`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

/** Data of `tag ls`. */
export const ls = defineSpec({
  summary: "List the tags of a repository",
  description: "Tags are sorted bytewise, one a line. Tags that stand for digests and referrers are listed as well.",
  aliases: ["list"],
  args: [{
    name: "repository",
    type: "reference",
    complete: "repository",
    required: true,
    summary: "repository or layout to list",
  }],
  flags: {
    exclude: {
      type: "string",
      repeated: true,
      summary: "leave out tags that match this regular expression as a whole",
      placeholder: "regexp",
    },
    include: {
      type: "string",
      repeated: true,
      summary: "list only tags that match this regular expression as a whole",
      placeholder: "regexp",
    },
    last: { type: "string", summary: "start after this tag", placeholder: "tag" },
    limit: { type: "integer", summary: "stop after this many tags", placeholder: "count" },
    long: { type: "boolean", short: "l", summary: "show digest, time, size and platforms of each tag" },
    sort: {
      type: "string",
      choices: ["name", "created", "size", "semver"],
      default: "name",
      summary: "order of a long list: by name, or the newest, largest or highest version first",
    },
  },
  examples: [
    { command: "tag ls ghcr.io/org/app", does: "print every tag, one a line" },
    { command: "tag ls ghcr.io/org/app --long --sort created", does: "show the newest images first" },
    { command: "tag ls ghcr.io/org/app --exclude 'sha256-.*'", does: "leave out tags of signatures" },
    { command: `tag ls ocidir://app --format '{{ join .Tags "," }}'`, does: "print the tags of a layout on one line" },
  ],
});

/** Data of `tag delete`. */
export const deleteTag = defineSpec({
  summary: "Delete one tag of a repository",
  description: "Other tags of the same manifest stay. A tag that the registry cannot delete is left as it was.",
  aliases: ["del", "rm", "remove"],
  args: [{ name: "image", type: "reference", required: true, summary: "tag to delete" }],
  flags: {
    "ignore-missing": { type: "boolean", summary: "a tag that does not exist is no failure" },
  },
  examples: [{ command: "tag delete registry.example.org/app:v1", does: "delete the tag v1" }],
});

export default definePlugin({
  name: "tag",
  summary: "Work with the tags of a repository",
  commands: {
    ls: defineCommand(ls, () => import("./ls.ts")),
    delete: defineCommand(deleteTag, () => import("./delete.ts")),
  },
});
