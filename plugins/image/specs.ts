import { defineSpec } from "../../src/mod.ts";

const platform = {
  type: "platform",
  short: "p",
  summary: "choose this platform from an index, or local for this machine's",
  placeholder: "os/arch",
} as const;

/** Data of `image inspect`. */
export const inspect = defineSpec({
  summary: "Show the configuration of an image",
  aliases: ["config"],
  args: [{ name: "image", type: "reference", required: true, summary: "image to inspect" }],
  flags: { platform: { ...platform, default: "local" } },
  examples: [
    { command: "image inspect alpine", does: "show the configuration for this machine's platform" },
    {
      command: `image inspect alpine --format '{{ index .Config.Labels "org.opencontainers.image.version" }}'`,
      does: "print one label",
    },
  ],
});

/** Data of `image digest`. */
export const digest = defineSpec({
  summary: "Show the digest of an image without getting it",
  aliases: ["head"],
  args: [{ name: "image", type: "reference", required: true, summary: "image to ask for" }],
  flags: {
    platform: { ...platform, summary: "choose this platform from an index, which has to be got for that" },
    "require-digest": {
      type: "boolean",
      default: true,
      summary: "get the manifest where the registry does not tell its digest",
    },
    "require-list": { type: "boolean", summary: "fail when it is no index" },
  },
  examples: [
    { command: "image digest alpine", does: "print the digest; no pull is counted" },
    { command: "image digest alpine --platform linux/arm64", does: "print the digest of one platform" },
  ],
});

/** Data of `image manifest`. */
export const manifest = defineSpec({
  summary: "Show the manifest of an image",
  args: [{ name: "image", type: "reference", required: true, summary: "image to show" }],
  flags: {
    list: { type: "boolean", summary: "show an index as it is", hidden: true },
    platform,
    "require-list": { type: "boolean", summary: "fail when it is no index" },
  },
  examples: [
    { command: "image manifest alpine", does: "show the manifest, or the index with its platforms" },
    {
      command: "image manifest -p local --format '{{ range .Layers }}{{ println .Digest }}{{ end }}' alpine",
      does: "print the digests of the layers",
    },
  ],
});

/** Data of `image ratelimit`. */
export const ratelimit = defineSpec({
  summary: "Show how many pulls a registry still allows",
  aliases: ["rate-limit"],
  args: [{ name: "image", type: "reference", required: true, summary: "image to ask for" }],
  flags: {},
  examples: [
    { command: "image ratelimit alpine", does: "show Docker Hub's limit; asking does not count" },
    { command: "image ratelimit alpine --format '{{.Remain}}'", does: "print how many pulls are left" },
  ],
});

/** Data of `image delete`. */
export const deleteImage = defineSpec({
  summary: "Delete an image, and with it all its tags",
  aliases: ["del", "rm", "remove"],
  args: [{ name: "image", type: "reference", required: true, summary: "image to delete, by digest" }],
  flags: {
    "force-tag-dereference": { type: "boolean", summary: "delete what a tag stands for now, with its other tags" },
    "ignore-missing": { type: "boolean", summary: "an image that does not exist is no failure" },
    referrers: { type: "boolean", summary: "take it from the list of its subject's referrers as well" },
  },
  examples: [{ command: "image delete registry.example.org/app@sha256:...", does: "delete an image by its digest" }],
});
