/**
 * The noun `blob`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";
import { diffConfig, diffLayer, getFile } from "./look_specs.ts";

const repository = {
  name: "repository",
  type: "reference",
  complete: "repository",
  required: true,
  summary: "repository or layout",
} as const;
const digest = { name: "digest", type: "digest", required: true, summary: "digest of the blob" } as const;

/** Data of `blob get`. */
export const get = defineSpec({
  summary: "Write a blob to standard output",
  description:
    "The bytes are checked against the digest: a failure after the last byte means that they are not the blob.",
  aliases: ["pull"],
  args: [repository, digest],
  flags: { "media-type": { type: "string", complete: "media-type", summary: "media type to ask for", hidden: true } },
  examples: [
    { command: "blob get ghcr.io/org/app sha256:... >layer.tgz", does: "save a layer" },
    { command: "blob get ghcr.io/org/app sha256:... | tar -tzvf -", does: "list the files of a layer" },
  ],
});

/** Data of `blob head`. */
export const head = defineSpec({
  summary: "Show whether a blob exists, and how large it is",
  aliases: ["digest"],
  args: [repository, digest],
  flags: {},
  examples: [{ command: "blob head ghcr.io/org/app sha256:...", does: "print what is known of a blob as headers" }],
});

/** Data of `blob put`. */
export const put = defineSpec({
  summary: "Store standard input as a blob and print its digest",
  aliases: ["push"],
  args: [repository],
  flags: {
    "content-type": { type: "string", summary: "not used: blobs have no media type", hidden: true },
    digest: { type: "digest", summary: "digest that the content must have", placeholder: "digest" },
  },
  examples: [{ command: "blob put registry.example.org/app <layer.tgz", does: "store a layer" }],
});

/** Data of `blob copy`. */
export const copy = defineSpec({
  summary: "Copy a blob to another repository",
  aliases: ["cp"],
  args: [
    { ...repository, name: "source", summary: "repository or layout to copy from" },
    { ...repository, name: "target", summary: "repository or layout to copy to" },
    digest,
  ],
  flags: {},
  examples: [{ command: "blob copy alpine registry.example.org/alpine sha256:...", does: "copy a blob" }],
});

/** Data of `blob delete`. */
export const deleteBlob = defineSpec({
  summary: "Delete a blob of a repository",
  aliases: ["del", "rm", "remove"],
  args: [repository, digest],
  flags: {},
  examples: [{ command: "blob delete registry.example.org/app sha256:...", does: "delete a blob" }],
});

export default definePlugin({
  name: "blob",
  aliases: ["layer"],
  summary: "Work with single blobs: layers, configs and files",
  commands: {
    get: defineCommand(get, () => import("./get.ts")),
    head: defineCommand(head, () => import("./head.ts")),
    put: defineCommand(put, () => import("./put.ts")),
    copy: defineCommand(copy, () => import("./copy.ts")),
    delete: defineCommand(deleteBlob, () => import("./delete.ts")),
    "get-file": defineCommand(getFile, () => import("./get_file.ts")),
    "diff-config": defineCommand(diffConfig, () => import("./diff_config.ts")),
    "diff-layer": defineCommand(diffLayer, () => import("./diff_layer.ts")),
  },
});
