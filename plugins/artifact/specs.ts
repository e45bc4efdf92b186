import { defineSpec } from "../../src/mod.ts";

const external = {
  type: "reference",
  complete: "repository",
  summary: "repository where the referrers are, instead of the subject's",
  placeholder: "repository",
} as const;

const platform = {
  type: "platform",
  short: "p",
  summary: "platform of the subject, where it is an index",
  placeholder: "os/arch",
} as const;

const filters = {
  "filter-annotation": {
    type: "string",
    repeated: true,
    complete: "none",
    summary: "only referrers with this annotation; without a value, with the key",
    placeholder: "key=value",
  },
  "filter-artifact-type": {
    type: "string",
    complete: "media-type",
    summary: "only referrers of this artifact type",
    placeholder: "type",
  },
  "slow-referrers": { type: "boolean", summary: "get every referrer, for types and annotations that lists lack" },
} as const;

const sorting = {
  latest: { type: "boolean", summary: "the newest first, by the annotation org.opencontainers.image.created" },
  "sort-annotation": { type: "string", complete: "none", summary: "sort by this annotation", placeholder: "key" },
  "sort-desc": { type: "boolean", summary: "sort downwards" },
} as const;

/** Data of `artifact list`. */
export const list = defineSpec({
  summary: "List what refers to an image: signatures, SBOMs and other artifacts",
  aliases: ["ls"],
  args: [{ name: "subject", type: "reference", required: true, summary: "image that they refer to" }],
  flags: {
    "digest-tags": { type: "boolean", summary: "list tags that belong to the digest as well: sha256-<hex>.*" },
    external,
    ...filters,
    ...sorting,
    platform,
  },
  examples: [
    { command: "artifact list ghcr.io/org/app:v1", does: "list the referrers of an index or image" },
    {
      command: "artifact list ghcr.io/org/app:v1 -p linux/amd64 --digest-tags",
      does: "with cosign's older tags, of one platform",
    },
    {
      command:
        "artifact list ghcr.io/org/app:v1 --filter-artifact-type application/spdx+json --format '{{range .Descriptors}}{{println .Digest}}{{end}}'",
      does: "print the digests of SBOMs",
    },
  ],
});

/** Data of `artifact tree`. */
export const tree = defineSpec({
  summary: "Show an index, its images, and all that refers to them as a tree",
  args: [{ name: "image", type: "reference", required: true, summary: "image or index to start from" }],
  flags: {
    "digest-tags": { type: "boolean", summary: "show tags that belong to the digests as well: sha256-<hex>.*" },
    external,
    ...filters,
  },
  examples: [{ command: "artifact tree ghcr.io/org/app:v1", does: "show what there is around an image" }],
});

/** Data of `artifact get`. */
export const get = defineSpec({
  summary: "Get the files of an artifact",
  description:
    "An artifact of one file goes to standard output; of several, files are chosen by name or type, or all go into a folder. No file leaves that folder, whatever its name says.",
  aliases: ["pull"],
  args: [{ name: "artifact", type: "reference", summary: "artifact to get" }],
  flags: {
    config: { type: "boolean", summary: "get the config instead of the files" },
    "config-file": { type: "string", complete: "file", summary: "write the config to this file", placeholder: "file" },
    external,
    file: {
      type: "string",
      short: "f",
      repeated: true,
      complete: "none",
      summary: "only the file of this name",
      placeholder: "name",
    },
    "file-media-type": {
      type: "string",
      short: "m",
      repeated: true,
      complete: "media-type",
      summary: "only files of this media type",
      placeholder: "type",
    },
    ...filters,
    ...sorting,
    output: {
      type: "string",
      short: "o",
      complete: "folder",
      summary: "folder to write the files to",
      placeholder: "folder",
    },
    platform,
    refers: { type: "reference", summary: "older name of --subject", hidden: true },
    "strip-dirs": { type: "boolean", summary: "leave out the folders in the files' names" },
    subject: { type: "reference", summary: "get an artifact that refers to this image", placeholder: "image" },
  },
  examples: [
    { command: "artifact get registry.example.org/charts/app:1.0 >app.tgz", does: "save an artifact's only file" },
    {
      command: "artifact get --subject ghcr.io/org/app:v1 --filter-artifact-type application/spdx+json --latest",
      does: "print the newest SBOM of an image",
    },
    { command: "artifact get registry.example.org/models/m:1 --output m", does: "write all files into a folder" },
  ],
});

/** Data of `artifact put`. */
export const put = defineSpec({
  summary: "Store files as an artifact, which may refer to an image",
  description:
    "Without --file, standard input is the only file. A folder is stored as a tar archive, compressed with gzip; the same content gives the same bytes.",
  aliases: ["create", "push"],
  args: [{
    name: "artifact",
    type: "reference",
    summary: "where to store it; with --subject, the subject's repository unless given",
  }],
  flags: {
    annotation: {
      type: "string",
      repeated: true,
      complete: "none",
      summary: "annotation of the manifest",
      placeholder: "key=value",
    },
    "artifact-type": { type: "string", complete: "media-type", summary: "type of the artifact", placeholder: "type" },
    "by-digest": { type: "boolean", summary: "store it by its digest instead of a tag, and print the digest" },
    "config-file": { type: "string", complete: "file", summary: "file with the config", placeholder: "file" },
    "config-type": { type: "string", complete: "media-type", summary: "media type of the config", placeholder: "type" },
    external: { ...external, summary: "repository to store the referrer in, instead of the subject's" },
    file: {
      type: "string",
      short: "f",
      repeated: true,
      complete: "file",
      summary: "file or folder to store",
      placeholder: "file",
    },
    "file-media-type": {
      type: "string",
      short: "m",
      repeated: true,
      complete: "media-type",
      summary: "media type of the files: one for all, or one for each",
      placeholder: "type",
    },
    "file-title": { type: "boolean", summary: "keep the names of the files as annotations" },
    index: { type: "boolean", summary: "add it to the index of this tag, which is made where there is none" },
    "media-type": {
      type: "string",
      default: "application/vnd.oci.image.manifest.v1+json",
      summary: "media type of the manifest",
      hidden: true,
    },
    platform: { ...platform, summary: "platform of the subject where it is an index, or of the entry with --index" },
    refers: { type: "reference", summary: "older name of --subject", hidden: true },
    "strip-dirs": { type: "boolean", summary: "leave out the folders in the names of --file-title" },
    subject: { type: "reference", summary: "image that it refers to", placeholder: "image" },
  },
  examples: [
    {
      command: "artifact put --artifact-type application/example registry.example.org/app:notes <notes.txt",
      does: "store a text",
    },
    {
      command: "artifact put --artifact-type application/spdx+json --subject registry.example.org/app:v1 <spdx.json",
      does: "store an SBOM that refers to an image",
    },
    {
      command:
        "artifact put registry.example.org/models/m:1 --artifact-type application/example.model -f weights.bin -f docs --file-media-type application/octet-stream --file-title",
      does: "store a file and a folder under their names",
    },
  ],
});
