import { defineSpec } from "../../src/mod.ts";

const index = { name: "index", type: "reference", required: true } as const;

const entries = {
  "desc-annotation": {
    type: "string",
    repeated: true,
    complete: "none",
    summary: "annotation of each new entry",
    placeholder: "key=value",
  },
  "desc-platform": {
    type: "platform",
    summary: "platform of each new entry, instead of its config's",
    placeholder: "os/arch",
  },
  digest: { type: "digest", repeated: true, summary: "manifest of the same repository to add", placeholder: "digest" },
  "digest-tags": { type: "boolean", summary: "copy tags that belong to the digests of --ref as well: sha256-<hex>.*" },
  platform: {
    type: "platform",
    repeated: true,
    summary: "of an index in --ref, add its images of this platform instead of the index",
    placeholder: "os/arch",
  },
  ref: {
    type: "reference",
    repeated: true,
    summary: "image to copy into the repository and add",
    placeholder: "image",
  },
  referrers: { type: "boolean", summary: "copy referrers of --ref as well" },
} as const;

/** Data of `index create`. */
export const create = defineSpec({
  summary: "Make an index of images",
  aliases: ["init", "new", "put"],
  args: [{ ...index, summary: "where to store it" }],
  flags: {
    annotation: {
      type: "string",
      repeated: true,
      complete: "none",
      summary: "annotation of the index",
      placeholder: "key=value",
    },
    "artifact-type": {
      type: "string",
      complete: "media-type",
      summary: "artifact type of the index",
      placeholder: "type",
    },
    "by-digest": { type: "boolean", summary: "store it by its digest instead of a tag, and print the digest" },
    ...entries,
    "media-type": {
      type: "string",
      short: "m",
      choices: [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
      ],
      default: "application/vnd.oci.image.index.v1+json",
      summary: "media type of the index",
    },
    subject: {
      type: "string",
      complete: "tag",
      summary: "tag or digest of the repository that it refers to",
      placeholder: "tag",
    },
  },
  examples: [
    {
      command:
        "index create registry.example.org/app:v1 --ref registry.example.org/app:amd64 --ref registry.example.org/app:arm64",
      does: "join the images of two platforms",
    },
    {
      command:
        "index create registry.example.org/alpine:3 --ref alpine:3 --platform linux/amd64 --platform linux/arm64",
      does: "make an index of two platforms of another one",
    },
  ],
});

/** Data of `index add`. */
export const add = defineSpec({
  summary: "Add entries to an index",
  description: "An entry that the index has already is not added again.",
  aliases: ["append", "insert"],
  args: [{ ...index, summary: "index to add to" }],
  flags: entries,
  examples: [
    { command: "index add registry.example.org/app:v1 --ref registry.example.org/app:arm64", does: "add a platform" },
  ],
});

/** Data of `index delete`. */
export const deleteEntry = defineSpec({
  summary: "Take entries out of an index",
  description: "The manifests themselves stay in the repository.",
  aliases: ["del", "rm", "remove"],
  args: [{ ...index, summary: "index to take entries out of" }],
  flags: {
    digest: { type: "digest", repeated: true, summary: "entry to take out, by its digest", placeholder: "digest" },
    platform: {
      type: "platform",
      repeated: true,
      summary: "entries to take out, by their platform",
      placeholder: "os/arch",
    },
  },
  examples: [
    {
      command: "index delete registry.example.org/app:v1 --platform linux/s390x --platform unknown/unknown",
      does: "take out a platform and all attestations",
    },
  ],
});
