/**
 * The noun `version`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

/** Data of `version`. */
export const version = defineSpec({
  summary: "Show the version of this program",
  flags: {
    check: {
      type: "string",
      complete: "file",
      summary: "compare this program with the digests of a release instead",
      placeholder: "SHA256SUMS",
    },
  },
  examples: [
    { command: "version", does: "show version, commit and platform" },
    { command: "version --format '{{.VCSTag}}'", does: "show the version alone" },
    { command: "version --check SHA256SUMS", does: "check that this program is one of a release, unchanged" },
  ],
});

export default definePlugin({
  name: "version",
  summary: "Show the version of this program",
  commands: { "": defineCommand(version, () => import("./show.ts")) },
});
