import { defineSpec } from "../../src/mod.ts";
import { STEP_FLAGS } from "./mod_flags.ts";

/** Data of `image mod`. */
export const mod = defineSpec({
  summary: "Change an image: annotations, config, times, layers, media types",
  description:
    "Flags that change the image are steps: they are done in the order of the command line, each on the whole image, and a step may be given more than once. " +
    "Layers that no step changes are not read; those that several platforms share are written once.\n\n" +
    "The result is stored by its digest, or where --create or --replace says. Signatures and other referrers belong to the digest that the image had: those that are left behind are named.\n\n" +
    "A step for some platforms has them in brackets before its value: [linux/amd64,linux/arm64]name=value.\n\n" +
    "Times are options with commas between them: set=2024-01-02T03:04:05Z or from-label=name says the time; after=time keeps times that are not after it; base-ref=image and base-layers=count keep what the base brought.\n\n" +
    "The variable SOURCE_DATE_EPOCH is the time of layers that are added.",
  args: [{ name: "image", type: "reference", required: true, summary: "image to change" }],
  flags: {
    create: {
      type: "string",
      complete: "image",
      summary: "store the result under this name, or under this tag of the same repository",
      placeholder: "image|tag",
    },
    replace: { type: "boolean", summary: "store the result under the name that the image has; --create counts more" },
    "dry-run": { type: "boolean", summary: "show how manifests and configs would change, and store nothing" },
    "keep-referrers": {
      type: "boolean",
      summary: "make referrers refer to the changed image; signatures among them do not verify it",
    },
    ...STEP_FLAGS,
  },
  examples: [
    {
      command: "image mod registry.example.org/app:v1 --replace --label org.example.version=1.2.3",
      does: "set a label on every platform",
    },
    {
      command:
        "image mod registry.example.org/app:v1 --create v1-fixed --time set=2024-01-02T03:04:05Z,base-ref=alpine:3",
      does: "set all times but those of the base",
    },
    {
      command: "image mod registry.example.org/app:v1 --create v1-zstd --to-oci --layer-compress zstd",
      does: "compress the layers with zstd",
    },
    {
      command: "image mod registry.example.org/app:v1 --create v1-more --layer-add dir=files,platform=linux/amd64",
      does: "add a folder as a layer on one platform",
    },
    {
      command: "image mod registry.example.org/app:v1 --replace --rebase",
      does: "put the image on what its base is now",
    },
    {
      command: "image mod registry.example.org/app:v1 --dry-run --annotation '[*]org.example.team=blue'",
      does: "show what an annotation on all manifests would change",
    },
  ],
});
