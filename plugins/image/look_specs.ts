import { defineSpec } from "../../src/mod.ts";

/** Data of `image size`. */
export const size = defineSpec({
  summary: "Show how large an image is, by platform and by layer",
  description:
    "Sizes are those of the blobs as they are stored. What several platforms share is counted once in the total, and not at all in what a platform has of its own.",
  args: [{ name: "image", type: "reference", required: true, summary: "image or index" }],
  flags: {
    layers: { type: "boolean", summary: "list the layers as well" },
    platform: {
      type: "platform",
      short: "p",
      summary: "only this platform of an index, or local for this machine's",
      placeholder: "os/arch",
    },
  },
  examples: [
    { command: "image size alpine", does: "show the size of every platform" },
    { command: "image size alpine -p local --layers", does: "show the layers of one platform" },
    { command: "image size alpine --format '{{ .total }}'", does: "print the bytes of all platforms" },
  ],
});

/** Data of `image verify`. */
export const verify = defineSpec({
  summary: "Check that all of an image is there, and repair it",
  description:
    "Every manifest is read and checked, every config and layer is looked for. What is missing or wrong is listed, and the exit code says so: 5 where something is missing, 6 where something is wrong.",
  args: [{ name: "image", type: "reference", required: true, summary: "image or index" }],
  flags: {
    all: { type: "boolean", short: "a", summary: "list what is good as well" },
    deep: { type: "boolean", summary: "read and hash every config and layer, too" },
    from: { type: "reference", summary: "a copy of the image to repair it from", placeholder: "image" },
    referrers: { type: "boolean", summary: "check the referrers of every manifest, too" },
    repair: { type: "boolean", summary: "bring what is missing or wrong from the image of --from" },
  },
  examples: [
    { command: "image verify registry.example.org/app:v1", does: "check that everything is there" },
    { command: "image verify ocidir://app:v1 --deep", does: "read and hash all of a layout's image" },
    { command: "image verify ocidir://app:v1 --deep --repair --from ghcr.io/org/app:v1", does: "repair a layout" },
  ],
});
