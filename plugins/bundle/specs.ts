import { defineSpec } from "../../src/mod.ts";

const FILE = {
  name: "file",
  type: "string",
  complete: "file",
  required: true,
  summary: "bundle, or one of its volumes",
} as const;

const BASE = {
  type: "string",
  repeated: true,
  complete: "file",
  summary: "bundle that holds what this one leaves out",
  placeholder: "file",
} as const;

/** Data of `bundle create`. */
export const create = defineSpec({
  summary: "Put images with their signatures into one archive",
  description:
    "The archive is an OCI image layout in which content that images share is there once, with a list of checksums and a bundle.json that says what is in it. The same images give the same bytes. Beside it goes FILE.sha256 for sha256sum.",
  args: [{ name: "image", type: "reference", repeated: true, summary: "images to take" }],
  flags: {
    compress: {
      type: "string",
      complete: ["gzip", "none", "zstd"],
      placeholder: "format",
      summary:
        "compress the archive as a whole: gzip, zstd or none; zstd:19 says a level; told by the name unless given: .gz, .tgz, .zst",
    },
    "digest-tags": {
      type: "boolean",
      default: true,
      summary: "take tags that belong to a digest as well: sha256-<hex>.*",
    },
    file: {
      type: "string",
      short: "f",
      repeated: true,
      complete: "file",
      summary: "list of images: yaml with images or a sync file's steps, or .txt; - is standard input",
      placeholder: "file",
    },
    output: { type: "string", short: "o", complete: "file", summary: "file to write; - is standard output" },
    platform: {
      type: "platform",
      short: "p",
      repeated: true,
      summary: "this platform only, or local for this machine's; of several, indexes of those are made",
      placeholder: "os/arch",
    },
    referrers: { type: "boolean", default: true, summary: "take signatures, SBOMs and other referrers as well" },
    since: {
      type: "string",
      complete: "file",
      summary: "leave out what this bundle has; its bundle.json is enough",
      placeholder: "file",
    },
    split: {
      type: "string",
      summary: "write volumes FILE.001, FILE.002 of this size, for example 4GiB",
      placeholder: "size",
    },
  },
  examples: [
    { command: "bundle create -o all.tar alpine:3.20 ghcr.io/org/app:v1", does: "take two images with all platforms" },
    {
      command: "bundle create -o all.tar.zst -f images.yml -p linux/amd64",
      does: "take one platform of a list of images",
    },
    { command: "bundle create -o march.tar -f images.yml --since february.tar", does: "take only what is new" },
    { command: "bundle create -o all.tar -f images.yml --split 4GiB", does: "write volumes that fit on small disks" },
  ],
});

/** Data of `bundle list`. */
export const list = defineSpec({
  summary: "List the images of a bundle",
  description:
    "Only the start of the bundle is read. --format raw-body prints its bundle.json, which bundle create --since takes in place of the bundle.",
  aliases: ["ls"],
  args: [{ ...FILE, summary: "bundle, one of its volumes, or a bundle.json; - is standard input" }],
  flags: {},
  examples: [
    { command: "bundle list all.tar", does: "print names, digests, sizes and platforms" },
    { command: "bundle list all.tar --format '{{ .id }}'", does: "print the bundle's id" },
    { command: "bundle list all.tar --format raw-body >all.json", does: "keep what a later --since needs" },
  ],
});

/** Data of `bundle verify`. */
export const verify = defineSpec({
  summary: "Check that a bundle is whole",
  description:
    "Reads every volume and every blob, and names what is missing or wrong. Of a bundle that leaves out what another one has, that is listed as needed.",
  args: [FILE],
  flags: { base: BASE },
  examples: [
    { command: "bundle verify all.tar", does: "check all checksums" },
    { command: "bundle verify march.tar --base february.tar", does: "check that the two have all together" },
  ],
});

/** Data of `bundle push`. */
export const push = defineSpec({
  summary: "Store the images of a bundle in a registry",
  description:
    "The volumes are checked first. Only what the registry lacks is sent, so that a push that was cut goes on where it stopped. ghcr.io/org/app:v1 becomes PREFIX/org/app:v1 unless --map says otherwise.",
  args: [{ ...FILE, summary: "bundle, or one of its volumes; - is standard input" }],
  flags: {
    base: BASE,
    checksums: {
      type: "boolean",
      default: true,
      summary: "compare the files with FILE.sha256 first, where it is there",
    },
    concurrent: { type: "integer", default: 4, summary: "images at a time", placeholder: "count" },
    "digest-tags": { type: "boolean", default: true, summary: "store tags that belong to a digest as well" },
    "dry-run": { type: "boolean", summary: "only show where each image would go" },
    map: {
      type: "string",
      repeated: true,
      complete: "none",
      summary: "names that begin with old begin with new below the prefix: ghcr.io/org=mirror",
      placeholder: "old=new",
    },
    only: {
      type: "string",
      repeated: true,
      summary: "only images whose full name matches this regular expression as a whole",
      placeholder: "regexp",
    },
    referrers: { type: "boolean", default: true, summary: "store signatures, SBOMs and other referrers as well" },
    to: {
      type: "string",
      complete: "repository",
      summary: "registry, and what goes before the names",
      placeholder: "prefix",
    },
  },
  examples: [
    { command: "bundle push all.tar --to registry.lan/mirror", does: "store all images below mirror" },
    { command: "bundle push all.tar --to registry.lan --map ghcr.io/org=apps --dry-run", does: "show their new names" },
    {
      command: "bundle push march.tar --to registry.lan --base february.tar",
      does: "take from the base what is missing",
    },
    { command: "bundle push all.tar --to registry.lan --only 'ghcr.io/org/.*'", does: "store some of the images" },
  ],
});
