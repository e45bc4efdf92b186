/**
 * The noun `bot`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec, type FlagSpec } from "../../src/mod.ts";

/** Flags of every command that reads a file. */
const FILE_FLAGS = {
  config: { type: "string", short: "c", summary: "bot file; - is standard input", placeholder: "file" },
  strict: { type: "boolean", summary: "unknown keys of the file are errors" },
} as const satisfies Readonly<Record<string, FlagSpec>>;

const DRY_RUN = {
  "dry-run": { type: "boolean", summary: "change nothing; log what would be changed" },
} as const satisfies Readonly<
  Record<string, FlagSpec>
>;

/** Flags that say what a script may use. */
const LIMIT_FLAGS = {
  ...DRY_RUN,
  env: {
    type: "string",
    repeated: true,
    summary: "environment variable that the script may read",
    placeholder: "name",
  },
  memory: { type: "string", summary: "memory that the script may use, 128MiB unless given", placeholder: "size" },
  "read-ahead": { type: "boolean", default: true, summary: "fetch what the script is likely to ask for next" },
  timeout: { type: "string", summary: "time that the script may take", placeholder: "time" },
  "unsafe-lua": { type: "boolean", summary: "let the script use files, programs and the environment" },
} as const satisfies Readonly<Record<string, FlagSpec>>;

/** Data of `bot once`. */
export const once = defineSpec({
  summary: "Run every script and rule of a file once",
  description:
    "Takes regbot's files as they are. A script that fails stops no other; the exit code is 3 then. With --dry-run nothing " +
    "of any kind is changed, and rules of retention show their plan.",
  verbosity: "info",
  flags: { ...FILE_FLAGS, ...DRY_RUN },
  examples: [
    { command: "bot once -c bot.yml --dry-run", does: "log what the scripts would change" },
    { command: "bot once -c bot.yml", does: "run them" },
  ],
});

/** Data of `bot server`. */
export const server = defineSpec({
  summary: "Run the scripts and rules of a file by their schedules",
  description:
    "A changed file is read anew, also on SIGHUP; where it is wrong, the one before stays. SIGTERM lets running scripts end.",
  verbosity: "info",
  flags: {
    ...FILE_FLAGS,
    ...DRY_RUN,
    "stop-timeout": {
      type: "string",
      default: "30s",
      summary: "time that running scripts have to end when the server stops",
      placeholder: "time",
    },
  },
  examples: [{ command: "bot server -c bot.yml", does: "run each script when its interval or schedule says so" }],
});

/** Data of `bot run`. */
export const run = defineSpec({
  summary: "Run a Lua script",
  description: "The script's arguments are in the table arg, and in the three dots.",
  verbosity: "info",
  args: [
    { name: "file", type: "string", required: true, summary: "script; - is standard input" },
    { name: "args", type: "string", repeated: true, summary: "arguments of the script" },
  ],
  flags: LIMIT_FLAGS,
  examples: [
    { command: "bot run clean.lua registry.example.org/app --dry-run", does: "see what a script would do" },
    { command: "bot run clean.lua --timeout 10m --memory 64MiB", does: "run it within limits" },
  ],
});

/** Data of `bot check`. */
export const check = defineSpec({
  summary: "Check the syntax of scripts",
  description: "Nothing is run.",
  args: [{ name: "files", type: "string", repeated: true, summary: "scripts, besides those of the bot file" }],
  flags: FILE_FLAGS,
  examples: [
    { command: "bot check -c bot.yml", does: "check a bot file and all its scripts" },
    { command: "bot check clean.lua", does: "check a script" },
  ],
});

/** Data of `bot repl`. */
export const repl = defineSpec({
  summary: "Type Lua and see what it gives",
  description: "Values are printed. Standard input is read where there is no terminal.",
  verbosity: "info",
  flags: LIMIT_FLAGS,
  examples: [{ command: "bot repl --dry-run", does: "try things out without changing anything" }],
});

/** Data of `bot schema`. */
export const schema = defineSpec({
  summary: "Print the JSON Schema of bot files",
  description: "For editors: with it they check and complete bot files.",
  examples: [{ command: "bot schema", does: "print the schema" }],
});

export default definePlugin({
  name: "bot",
  summary: "Run Lua scripts and rules of retention over registries",
  commands: {
    once: defineCommand(once, () => import("./once.ts")),
    server: defineCommand(server, () => import("./server.ts")),
    run: defineCommand(run, () => import("./run.ts")),
    check: defineCommand(check, () => import("./check.ts")),
    repl: defineCommand(repl, () => import("./repl.ts")),
    schema: defineCommand(schema, () => import("./schema.ts")),
  },
});
