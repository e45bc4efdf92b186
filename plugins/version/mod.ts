/**
 * The noun `version`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

/** Data of `version`. */
export const version = defineSpec({
  summary: "Show the version of this program",
  examples: [
    { command: "version", does: "show version, commit and platform" },
    { command: "version --format '{{.VCSTag}}'", does: "show the version alone" },
  ],
});

export default definePlugin({
  name: "version",
  summary: "Show the version of this program",
  commands: { "": defineCommand(version, () => import("./show.ts")) },
});
