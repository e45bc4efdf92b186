/**
 * The noun `config`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

/** Data of `config get`. */
export const get = defineSpec({
  summary: "Show the configuration, without secrets",
  flags: {},
  examples: [
    { command: "config get", does: "show what is set" },
    { command: "config get --format '{{.Filename}}'", does: "print where the configuration is" },
  ],
});

/** Data of `config set`. */
export const set = defineSpec({
  summary: "Change settings that are about no single registry",
  flags: {
    "blob-limit": { type: "integer", summary: "bytes above which uploads are chunked", placeholder: "bytes" },
    "default-cred-helper": {
      type: "string",
      summary: "credential helper of registries that name none; empty for none",
      placeholder: "program",
    },
    "docker-cert": { type: "boolean", summary: "use certificates of docker's certs.d" },
    "docker-cred": { type: "boolean", summary: "use logins made with docker and podman" },
  },
  examples: [{ command: "config set --docker-cred=false", does: "do not use logins made with docker" }],
});

export default definePlugin({
  name: "config",
  summary: "Show and change settings",
  commands: {
    get: defineCommand(get, () => import("./get.ts")),
    set: defineCommand(set, () => import("./set.ts")),
  },
});
