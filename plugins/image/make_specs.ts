import { defineSpec } from "../../src/mod.ts";

/** Data of `image create`. */
export const create = defineSpec({
  summary: "Make an image without layers, to be changed with image mod",
  args: [{ name: "image", type: "reference", required: true, summary: "where to store it" }],
  flags: {
    annotation: {
      type: "string",
      repeated: true,
      complete: "none",
      summary: "annotation of the manifest",
      placeholder: "key=value",
    },
    "by-digest": { type: "boolean", summary: "store it by its digest instead of a tag, and print the digest" },
    created: {
      type: "string",
      complete: ["now"],
      summary: "when it was made: now, or a time such as 2024-01-02T03:04:05Z",
      placeholder: "time",
    },
    label: {
      type: "string",
      repeated: true,
      complete: "none",
      summary: "label of the config",
      placeholder: "key=value",
    },
    "media-type": {
      type: "string",
      choices: [
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
      ],
      default: "application/vnd.oci.image.manifest.v1+json",
      summary: "media type of the manifest",
    },
    platform: { type: "platform", summary: "platform of the image", placeholder: "os/arch" },
  },
  examples: [
    {
      command: "image create registry.example.org/app:v1 --platform linux/amd64 --created now",
      does: "make an empty image for a platform",
    },
  ],
});

/** Data of `image check-base`. */
export const checkBase = defineSpec({
  summary: "Check whether the base of an image has changed",
  description:
    "The base is named by the flags, or by the image's annotations org.opencontainers.image.base.name and .digest. With a digest, the base's tag is compared with it; else the layers and the history of the base must be the first ones of the image, on every platform. The exit code is 10 where the base has changed.",
  args: [{ name: "image", type: "reference", required: true, summary: "image to check" }],
  flags: {
    base: { type: "string", complete: "image", summary: "name of the base", placeholder: "image" },
    digest: { type: "digest", summary: "digest that the base must have", placeholder: "digest" },
    "no-config": { type: "boolean", summary: "compare the layers only, not the history" },
    platform: { type: "platform", short: "p", summary: "check this platform only", placeholder: "os/arch" },
    quiet: { type: "boolean", summary: "print nothing" },
  },
  examples: [
    { command: "image check-base registry.example.org/app:v1", does: "check the base that the annotations name" },
    {
      command: "image check-base registry.example.org/app:v1 --base alpine:3.20",
      does: "compare the layers with those of a base",
    },
  ],
});
