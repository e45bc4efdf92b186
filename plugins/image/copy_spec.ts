import { defineSpec } from "../../src/mod.ts";

/** Data of `image copy`. */
export const copy = defineSpec({
  summary: "Copy an image, or give it another tag",
  description: "Only what the target does not have is sent. Within a registry, blobs are mounted instead of sent; " +
    "within a\nrepository, only the manifest is stored under its new tag.",
  aliases: ["cp"],
  args: [
    { name: "source", type: "reference", required: true, summary: "image to copy" },
    { name: "target", type: "reference", required: true, summary: "where to copy it" },
  ],
  flags: {
    "digest-tags": { type: "boolean", summary: "copy tags that belong to a digest as well: sha256-<hex>.*" },
    fast: {
      type: "boolean",
      summary: "when the target is the same already, do not look for missing referrers and digest tags",
    },
    "force-recursive": { type: "boolean", summary: "copy everything anew, to mend a target that lacks parts" },
    "include-external": { type: "boolean", summary: "copy layers that have urls as well" },
    platform: {
      type: "platform",
      short: "p",
      repeated: true,
      summary: "copy this platform only; of several, an index of those is made",
      placeholder: "os/arch",
    },
    platforms: {
      type: "platform",
      repeated: true,
      summary: "keep the index, with the content of these platforms only",
      placeholder: "os/arch",
      hidden: true,
    },
    referrers: { type: "boolean", summary: "copy referrers as well: signatures, SBOMs and other artifacts" },
    "referrers-src": { type: "reference", summary: "repository to look for referrers in", placeholder: "repository" },
    "referrers-tgt": { type: "reference", summary: "repository to copy referrers to", placeholder: "repository" },
    sparse: {
      type: "boolean",
      summary: "with --platform: keep the index as it is, though not all of its content is copied",
    },
  },
  examples: [
    {
      command: "image copy ghcr.io/org/app:v1 registry.example.org/app:v1",
      does: "copy an image with all its platforms",
    },
    {
      command: "image copy registry.example.org/app:v1.2.3 registry.example.org/app:v1",
      does: "give an image another tag",
    },
    {
      command: "image copy --platform linux/amd64,linux/arm64 alpine ocidir://alpine:latest",
      does: "save two platforms in a layout",
    },
    {
      command: "image copy --referrers --digest-tags ghcr.io/org/app:v1 registry.example.org/app:v1",
      does: "copy an image with its signatures",
    },
  ],
});
