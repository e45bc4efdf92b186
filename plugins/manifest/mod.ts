/**
 * The noun `manifest`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";
import { diff } from "./diff_spec.ts";

/** Data of `manifest get`. */
export const get = defineSpec({
  summary: "Show a manifest",
  description: "Without --platform an index is shown as it is, with a list of its manifests.",
  aliases: ["pull"],
  args: [{ name: "image", type: "reference", required: true, summary: "manifest to show" }],
  flags: {
    list: { type: "boolean", summary: "show an index as it is", hidden: true },
    platform: {
      type: "platform",
      short: "p",
      summary: "choose this platform from an index, or local for this machine's",
      placeholder: "os/arch",
    },
    "require-list": { type: "boolean", summary: "fail when it is no index" },
  },
  examples: [
    { command: "manifest get alpine", does: "show a manifest" },
    { command: "manifest get alpine --platform local --format raw-body", does: "print a platform's manifest as it is" },
    {
      command: "manifest get alpine --format '{{ range .Manifests }}{{ println .Platform .Digest }}{{ end }}'",
      does: "list platforms and their digests",
    },
  ],
});

/** Data of `manifest head`. */
export const head = defineSpec({
  summary: "Show the digest of a manifest without getting it",
  aliases: ["digest"],
  args: [{ name: "image", type: "reference", required: true, summary: "manifest to ask for" }],
  flags: {
    platform: {
      type: "platform",
      short: "p",
      summary: "choose this platform from an index, which has to be got for that",
      placeholder: "os/arch",
    },
    "require-digest": { type: "boolean", summary: "get the manifest where the registry does not tell its digest" },
    "require-list": { type: "boolean", summary: "fail when it is no index" },
  },
  examples: [
    { command: "manifest head alpine", does: "print the digest" },
    { command: "manifest head alpine --format raw-headers", does: "print what is known of it as headers" },
  ],
});

/** Data of `manifest put`. */
export const put = defineSpec({
  summary: "Store a manifest that is read from standard input",
  aliases: ["push"],
  args: [{ name: "image", type: "reference", required: true, summary: "where to store it" }],
  flags: {
    "by-digest": { type: "boolean", summary: "store it by its digest instead of a tag, and print the digest" },
    "content-type": {
      type: "string",
      short: "t",
      complete: "media-type",
      summary: "media type, where the manifest does not say",
      placeholder: "type",
    },
  },
  examples: [
    { command: "manifest put registry.example.org/app:v1 <manifest.json", does: "store a manifest under a tag" },
  ],
});

/** Data of `manifest delete`. */
export const deleteManifestSpec = defineSpec({
  summary: "Delete a manifest, and with it all its tags",
  aliases: ["del", "rm", "remove"],
  args: [{ name: "image", type: "reference", required: true, summary: "manifest to delete, by digest" }],
  flags: {
    "force-tag-dereference": { type: "boolean", summary: "delete what a tag stands for now, with its other tags" },
    "ignore-missing": { type: "boolean", summary: "a manifest that does not exist is no failure" },
    referrers: { type: "boolean", summary: "take it from the list of its subject's referrers as well" },
  },
  examples: [
    { command: "manifest delete registry.example.org/app@sha256:...", does: "delete a manifest by its digest" },
  ],
});

export default definePlugin({
  name: "manifest",
  summary: "Work with single manifests",
  commands: {
    get: defineCommand(get, () => import("./get.ts")),
    head: defineCommand(head, () => import("./head.ts")),
    put: defineCommand(put, () => import("./put.ts")),
    delete: defineCommand(deleteManifestSpec, () => import("./delete.ts")),
    diff: defineCommand(diff, () => import("./diff.ts")),
  },
});
