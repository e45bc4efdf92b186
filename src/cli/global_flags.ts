/**
 * The flags that every command has, as data.
 *
 * @module
 */
import type { FlagSpec } from "../plugin.ts";

/** Flags that may stand anywhere on the command line. */
export const GLOBAL_FLAGS = {
  format: {
    type: "string",
    complete: ["json", "raw-body", "raw-headers", "raw"],
    summary: "how to print the result: json, ndjson for lists, raw-body, raw-headers, raw or a Go template",
    placeholder: "format",
  },
  host: {
    type: "string",
    repeated: true,
    summary: "settings of a registry for this run, reg=...,user=...,pass=...,tls=...",
    placeholder: "settings",
  },
  "log-format": {
    type: "string",
    choices: ["text", "json"],
    summary: "form of log lines and errors",
  },
  logopt: {
    type: "string",
    complete: ["json"],
    repeated: true,
    summary: "log options: json",
    placeholder: "option",
  },
  plugin: {
    type: "string",
    repeated: true,
    complete: "file",
    summary: "load a plugin from this file or folder, for this run",
    placeholder: "path",
  },
  progress: {
    type: "string",
    choices: ["auto", "tty", "plain", "json", "none"],
    default: "auto",
    summary: "how to show progress on stderr",
  },
  quiet: { type: "boolean", short: "q", summary: "print errors only: no warnings, no progress" },
  "user-agent": { type: "string", summary: "user agent of requests", placeholder: "text" },
  verbosity: {
    type: "string",
    short: "v",
    complete: ["trace", "debug", "info", "warn", "error"],
    summary: "least level of log lines: trace, debug, info, warn, error",
    placeholder: "level",
  },
  help: { type: "boolean", short: "h", summary: "show help" },
} as const satisfies Readonly<Record<string, FlagSpec>>;

/** Flags by name. */
export type Flags = Readonly<Record<string, FlagSpec>>;

/** The flags of a command together with the global ones; a command's own flag hides a global one of the same name or letter. */
export function withGlobalFlags(own: Flags): Flags {
  const letters = new Set(Object.values(own).map((flag) => flag.short));
  const flags: Record<string, FlagSpec> = {};
  for (const [name, flag] of Object.entries<FlagSpec>(GLOBAL_FLAGS)) {
    if (!(name in own)) flags[name] = flag.short !== undefined && letters.has(flag.short) ? longOnly(flag) : flag;
  }
  return { ...own, ...flags };
}

function longOnly(flag: FlagSpec): FlagSpec {
  const { short: _short, ...rest } = flag;
  return rest;
}
