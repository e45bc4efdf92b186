/**
 * The noun `repo`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

/** Data of `repo ls`. */
export const ls = defineSpec({
  summary: "List the repositories of a registry",
  description: "Not every registry can list its repositories: Docker Hub and ghcr.io cannot.",
  aliases: ["list"],
  args: [{ name: "registry", type: "registry", required: true, summary: "registry to list" }],
  flags: {
    last: { type: "string", summary: "start after this repository", placeholder: "repository" },
    limit: { type: "integer", summary: "stop after this many repositories", placeholder: "count" },
  },
  examples: [{ command: "repo ls registry.example.org", does: "print every repository, one a line" }],
});

/** Data of `repo copy`. */
export const copy = defineSpec({
  summary: "Copy the images of a repository to another one",
  description: "Tags that only the target has stay; tags that both have are overwritten. A tag that cannot be copied " +
    "does not stop the others: it is named at the end.",
  aliases: ["cp"],
  args: [
    {
      name: "source",
      type: "reference",
      complete: "repository",
      required: true,
      summary: "repository or layout to copy from",
    },
    {
      name: "target",
      type: "reference",
      complete: "repository",
      required: true,
      summary: "repository or layout to copy to",
    },
  ],
  flags: {
    concurrent: { type: "integer", default: 2, summary: "tags to copy at a time, 0 for all", placeholder: "count" },
    exclude: {
      type: "string",
      repeated: true,
      summary: "leave out tags that match this regular expression as a whole",
      placeholder: "regexp",
    },
    include: {
      type: "string",
      repeated: true,
      summary: "copy only tags that match this regular expression as a whole",
      placeholder: "regexp",
    },
    "new-tags": { type: "boolean", summary: "copy only tags that the target does not have" },
    referrers: { type: "boolean", summary: "copy referrers as well: signatures, SBOMs and other artifacts" },
  },
  examples: [
    { command: "repo copy registry-a.example.org/app registry-b.example.org/app", does: "copy every tag" },
    {
      command: "repo copy --include 'v1\\..*' ghcr.io/org/app ocidir://app",
      does: "copy the tags that begin with v1. to a layout",
    },
  ],
});

export default definePlugin({
  name: "repo",
  summary: "List and copy repositories",
  commands: {
    ls: defineCommand(ls, () => import("./ls.ts")),
    copy: defineCommand(copy, () => import("./copy.ts")),
  },
});
