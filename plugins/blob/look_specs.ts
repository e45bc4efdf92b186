import { defineSpec, DIFF_FLAGS } from "../../src/mod.ts";

const repository = { type: "reference", required: true, complete: "repository" } as const;
const digest = { type: "digest", required: true } as const;
const pair = [
  { ...repository, name: "repository", summary: "repository or layout of the first blob" },
  { ...digest, name: "digest", summary: "digest of the first blob" },
  { ...repository, name: "other-repository", summary: "repository or layout of the second blob" },
  { ...digest, name: "other-digest", summary: "digest of the second blob" },
] as const;

/** Data of `blob diff-config`. */
export const diffConfig = defineSpec({
  summary: "Show how two image configs differ",
  args: pair,
  flags: DIFF_FLAGS,
  examples: [
    {
      command: "blob diff-config alpine sha256:... alpine sha256:...",
      does: "show the changed lines of the configs' JSON",
    },
  ],
});

/** Data of `blob diff-layer`. */
export const diffLayer = defineSpec({
  summary: "Show how the files of two layers differ",
  description:
    "Each file is a line with mode, owner, size, time, name and digest of its content, in the order of the layer.",
  args: pair,
  flags: {
    ...DIFF_FLAGS,
    "ignore-timestamp": { type: "boolean", summary: "leave out when files were changed" },
  },
  examples: [
    {
      command: "blob diff-layer alpine sha256:... alpine sha256:... --ignore-timestamp",
      does: "show which files came, went or changed",
    },
  ],
});

/** Data of `blob get-file`. */
export const getFile = defineSpec({
  summary: "Write a file of a layer to standard output or to a file",
  description: "Links are followed within the layer. A folder is written as a tar archive.",
  aliases: ["cat"],
  args: [
    { ...repository, name: "repository", summary: "repository or layout" },
    { ...digest, name: "digest", summary: "digest of the layer" },
    { name: "path", type: "string", required: true, summary: "path in the layer", complete: "none" },
    { name: "output", type: "string", summary: "file to write", complete: "file" },
  ],
  flags: {},
  examples: [{ command: "blob get-file alpine sha256:... /etc/os-release", does: "show a file of a layer" }],
});
