import { defineSpec } from "../../src/mod.ts";

/** Data of `image export`. */
export const exportSpec = defineSpec({
  summary: "Write an image to a tar archive",
  description:
    "The archive is an OCI image layout and what docker load reads in one: of an index, an engine that knows no indexes gets the image of this machine's platform. The same image gives the same bytes. Without a file, the archive goes to standard output.",
  args: [
    { name: "image", type: "reference", required: true, summary: "image to write" },
    { name: "file", type: "string", complete: "file", summary: "file to write" },
  ],
  flags: {
    compress: {
      type: "string",
      bare: "gzip",
      complete: ["gzip", "none", "zstd"],
      placeholder: "format",
      default: "none",
      summary:
        "compress the archive as a whole, which seldom makes it smaller: gzip, zstd or none; gzip:9 and zstd:19 say a level",
    },
    "digest-tags": { type: "boolean", summary: "write tags that belong to a digest as well: sha256-<hex>.*" },
    name: { type: "reference", summary: "name of the image in the archive, instead of its own", placeholder: "image" },
    platform: {
      type: "platform",
      short: "p",
      summary: "only this platform of an index, or local for this machine's",
      placeholder: "os/arch",
    },
    referrers: { type: "boolean", summary: "write referrers as well: signatures, SBOMs and other artifacts" },
  },
  examples: [
    { command: "image export alpine:3.20 alpine.tar", does: "write all platforms to a file" },
    {
      command: "image export -p linux/amd64 ghcr.io/org/app:v1 --name app:v1 | docker load",
      does: "load an image into an engine",
    },
    { command: "image export ghcr.io/org/app:v1 --referrers --digest-tags app.tar", does: "take the signatures along" },
  ],
});

/** Data of `image import`. */
export const importSpec = defineSpec({
  summary: "Store an image of a tar archive",
  description:
    "Reads OCI image layouts and archives of docker save, compressed with gzip or zstd or not at all. Every blob is checked. Nothing is tagged before the whole image is there.",
  args: [
    { name: "image", type: "reference", required: true, summary: "where to store it" },
    { name: "file", type: "string", complete: "file", summary: "file to read, - or nothing for standard input" },
  ],
  flags: {
    all: { type: "boolean", summary: "store every image that has a tag, under its tag" },
    "digest-tags": { type: "boolean", default: true, summary: "store tags that belong to the image's digest as well" },
    name: {
      type: "string",
      complete: "none",
      summary: "image of the archive to store: its tag, full name or digest",
      placeholder: "name",
    },
    referrers: { type: "boolean", default: true, summary: "store the referrers that the archive has as well" },
  },
  examples: [
    { command: "image import registry.example.org/app:v1 app.tar", does: "store an archive's image" },
    { command: "image import registry.example.org/app:v1 <app.tar.gz", does: "read it from standard input" },
    { command: "image import registry.example.org/app:v1 all.tar --name app:v1", does: "choose one of several images" },
  ],
});
