/**
 * The noun `registry`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";
import { set } from "./set_spec.ts";

const registry = { name: "registry", type: "registry", summary: "registry, docker.io unless given" } as const;

/** Data of `registry config`. */
export const config = defineSpec({
  summary: "Show the settings of registries, without their secrets",
  args: [{ ...registry, summary: "registry to show, all unless given" }],
  flags: {},
  examples: [
    { command: "registry config", does: "show what is set" },
    { command: "registry config ghcr.io --format '{{.User}}'", does: "print the user name" },
  ],
});

/** Data of `registry login`. */
export const login = defineSpec({
  summary: "Store a user name and password for a registry",
  description: "They go to a credential helper where one is configured, here or for docker; otherwise to the " +
    "configuration\nfile, in plain text. Logins made with docker or podman are found without this.",
  args: [registry],
  flags: {
    pass: { type: "string", short: "p", summary: "password; others can see it while this runs", placeholder: "text" },
    "pass-stdin": { type: "boolean", summary: "read the password from standard input" },
    "skip-check": { type: "boolean", summary: "do not try the login at the registry" },
    user: { type: "string", short: "u", summary: "user name, or <token> for an identity token", placeholder: "name" },
  },
  examples: [
    { command: "registry login ghcr.io", does: "ask for user name and password" },
    { command: 'registry login ghcr.io -u name --pass-stdin <<<"$TOKEN"', does: "log in from a script" },
  ],
});

/** Data of `registry logout`. */
export const logout = defineSpec({
  summary: "Forget the user name and password for a registry",
  args: [registry],
  flags: {},
  examples: [{ command: "registry logout ghcr.io", does: "forget a login" }],
});

/** Data of `registry whoami`. */
export const whoami = defineSpec({
  summary: "Show the user name that a registry is asked with",
  args: [registry],
  flags: {},
  examples: [{ command: "registry whoami ghcr.io", does: "print the user name" }],
});

export default definePlugin({
  name: "registry",
  summary: "Log in to registries and set how to reach them",
  commands: {
    login: defineCommand(login, () => import("./login.ts")),
    logout: defineCommand(logout, () => import("./logout.ts")),
    set: defineCommand(set, () => import("./set.ts")),
    config: defineCommand(config, () => import("./config.ts")),
    whoami: defineCommand(whoami, () => import("./whoami.ts")),
  },
});
