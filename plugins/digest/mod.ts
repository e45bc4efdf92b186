/**
 * The noun `digest`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

/** Data of `digest`. */
export const digest = defineSpec({
  summary: "Print the digest of standard input",
  flags: {
    algorithm: {
      type: "string",
      choices: ["sha256", "sha512"],
      default: "sha256",
      summary: "how to compute it",
    },
  },
  examples: [{ command: "digest <manifest.json", does: "print the digest of a file" }],
});

export default definePlugin({
  name: "digest",
  summary: "Print the digest of standard input",
  commands: { "": defineCommand(digest, () => import("./compute.ts")) },
});
