/**
 * The noun `ref`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

/** Data of `ref`. */
export const ref = defineSpec({
  summary: "Show how a reference is understood",
  args: [{ name: "reference", type: "string", complete: "image", required: true, summary: "reference to take apart" }],
  flags: {},
  examples: [
    { command: "ref alpine", does: "print the whole name" },
    { command: "ref alpine:3 --format '{{.Repository}}'", does: "print a part of it" },
  ],
});

export default definePlugin({
  name: "ref",
  summary: "Show how a reference is understood",
  commands: { "": defineCommand(ref, () => import("./show.ts")) },
});
