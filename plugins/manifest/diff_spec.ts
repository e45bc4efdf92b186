import { defineSpec, DIFF_FLAGS } from "../../src/mod.ts";

/** Data of `manifest diff`. */
export const diff = defineSpec({
  summary: "Show how two manifests differ",
  args: [
    { name: "old", type: "reference", required: true, summary: "manifest to start from" },
    { name: "new", type: "reference", required: true, summary: "manifest to compare with it" },
  ],
  flags: DIFF_FLAGS,
  examples: [{
    command: "manifest diff alpine:3.20 alpine:3.21",
    does: "show the changed lines of the manifests' JSON",
  }],
});
