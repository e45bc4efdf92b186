/**
 * The noun `sync`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec, type FlagSpec } from "../../src/mod.ts";

/** Flags of every command that reads a file. */
const FILE_FLAGS = {
  config: { type: "string", short: "c", summary: "sync file; - is standard input", placeholder: "file" },
  strict: { type: "boolean", summary: "unknown keys of the file are errors" },
} as const satisfies Readonly<Record<string, FlagSpec>>;

/** Flags of every command that works through steps. */
const RUN_FLAGS = {
  ...FILE_FLAGS,
  "abort-on-error": { type: "boolean", summary: "end with the first failure" },
  only: {
    type: "string",
    repeated: true,
    summary: "run only steps of this name; * and ? stand for any characters and one",
    placeholder: "name",
  },
  shard: {
    type: "string",
    summary: "work on one part of the images, so that several processes share the work: 2/5",
    placeholder: "i/n",
  },
} as const satisfies Readonly<Record<string, FlagSpec>>;

/** Flags of what remembers targets between runs. */
const STATE_FLAGS = {
  state: {
    type: "string",
    summary: "file to remember targets in, so that they need not be asked each time",
    placeholder: "file",
  },
  "state-trust": {
    type: "string",
    default: "24h",
    summary: "time after which a remembered target is asked all the same; 0 asks each time",
    placeholder: "time",
  },
} as const satisfies Readonly<Record<string, FlagSpec>>;

/** Flags of reports. */
const REPORT_FLAGS = {
  report: { type: "string", summary: "write what became of each image to this file, as JSON", placeholder: "file" },
  "retry-failed": {
    type: "string",
    summary: "work only on what failed in the run that wrote this report",
    placeholder: "file",
  },
} as const satisfies Readonly<Record<string, FlagSpec>>;

/** Data of `sync check`. */
export const check = defineSpec({
  summary: "Say what a sync would copy",
  description:
    "Changes nothing and runs no hooks. Exits with 10 when there is something to do, also when an image is the same but " +
    "referrers or digest tags of it are missing that the step takes along. With --plan every tag is listed with why it was chosen.",
  flags: {
    ...RUN_FLAGS,
    ...REPORT_FLAGS,
    plan: { type: "boolean", summary: "list every tag, also those that are the same or not chosen, and why" },
  },
  examples: [
    { command: "sync check -c sync.yml", does: "list what is missing or has changed" },
    {
      command: "sync check -c sync.yml --plan --only alpine",
      does: "list every tag of one step and why it was chosen",
    },
  ],
});

/** Data of `sync once`. */
export const once = defineSpec({
  summary: "Run every step of a file once",
  description:
    "Takes regsync's files as they are. What fails is tried again, the rest goes on, and the exit code is 3 when something " +
    "stayed behind.",
  flags: {
    ...RUN_FLAGS,
    ...STATE_FLAGS,
    ...REPORT_FLAGS,
    missing: { type: "boolean", summary: "copy only tags that the target does not have" },
    plan: { type: "boolean", summary: "copy nothing; list every tag, what would become of it, and why" },
  },
  examples: [
    { command: "sync once -c sync.yml", does: "bring every target up to date" },
    {
      command: "sync once -c sync.yml --state sync.state --report sync.json",
      does: "ask less next time, and write a report",
    },
    { command: "sync once -c sync.yml --retry-failed sync.json", does: "try again what failed" },
  ],
});

/** Data of `sync server`. */
export const server = defineSpec({
  summary: "Run the steps of a file by their schedules",
  description:
    "First copies what is missing at the targets, then runs each step when its interval or schedule says so. A changed file " +
    "is read anew, also on SIGHUP; where it is wrong, the one before stays. SIGTERM lets running copies end.",
  verbosity: "info",
  flags: {
    ...RUN_FLAGS,
    ...STATE_FLAGS,
    listen: {
      type: "string",
      summary: "serve /healthz and /metrics at this address, host:port or :port",
      placeholder: "address",
    },
    "stop-timeout": {
      type: "string",
      default: "30s",
      summary: "time that running copies have to end when the server stops",
      placeholder: "time",
    },
  },
  examples: [
    { command: "sync server -c sync.yml", does: "keep the targets up to date" },
    {
      command: "sync server -c sync.yml --listen 127.0.0.1:9100 --log-format json",
      does: "with metrics, and one JSON line a step",
    },
  ],
});

/** Data of `sync config`. */
export const config = defineSpec({
  summary: "Show a file as it is understood",
  description: "Defaults are merged into the steps and templates are expanded. Secrets are masked.",
  flags: { ...FILE_FLAGS, "show-secrets": { type: "boolean", summary: "print passwords, tokens and keys" } },
  examples: [{ command: "sync config -c sync.yml", does: "check a file and print it expanded" }],
});

/** Data of `sync schema`. */
export const schema = defineSpec({
  summary: "Print the JSON Schema of sync files",
  description: "For editors: with it they check and complete sync files.",
  examples: [{ command: "sync schema", does: "print the schema" }],
});

export default definePlugin({
  name: "sync",
  summary: "Keep registries and layouts in step with others",
  commands: {
    check: defineCommand(check, () => import("./check.ts")),
    once: defineCommand(once, () => import("./once.ts")),
    server: defineCommand(server, () => import("./server/start.ts")),
    config: defineCommand(config, () => import("./config.ts")),
    schema: defineCommand(schema, () => import("./schema.ts")),
  },
});
