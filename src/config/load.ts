/**
 * Reads the configuration file.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { type ConfigFile, FILE_KEYS, HOST_KEYS } from "./config_file.ts";
import { parseDuration } from "./duration.ts";
import { findMistake, findValue } from "./json_position.ts";
import type { ConfigPlaces } from "./paths.ts";

/** A file that was read. */
export interface LoadedConfig {
  /** Its path; it need not exist. */
  readonly filename: string;
  /** What it holds; empty where it does not exist. */
  readonly file: ConfigFile;
}

/**
 * Reads the first file that exists.
 *
 * @throws {FerryError} CONFIG_INVALID with file:line:column; IO where a file cannot be read
 */
export async function loadConfig(places: ConfigPlaces): Promise<LoadedConfig> {
  for (const filename of places.explicit === undefined ? places.existing : [places.explicit]) {
    const file = await readConfig(filename);
    if (file !== undefined) return { filename, file };
  }
  return { filename: places.explicit ?? places.fresh, file: {} };
}

/**
 * Reads a file; undefined where there is none.
 *
 * @throws {FerryError} CONFIG_INVALID with file:line:column; IO where it cannot be read
 */
export async function readConfig(filename: string): Promise<ConfigFile | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(filename);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return undefined;
    throw new FerryError("IO", `Configuration file "${filename}" could not be read`, { cause });
  }
  return parseConfig(text, filename);
}

/**
 * Reads a file's text. An empty text is an empty file.
 *
 * @throws {FerryError} CONFIG_INVALID with file:line:column
 */
export function parseConfig(source: string, filename: string): ConfigFile {
  const text = source.replace(/^\uFEFF/, "");
  if (text.trim() === "") return {};
  const invalid = (at: { readonly line: number; readonly column: number }, what: string) =>
    new FerryError("CONFIG_INVALID", `Configuration file ${filename}:${at.line}:${at.column} is not valid: ${what}`);
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    const found = findMistake(text) ?? { line: 1, column: 1, mistake: "it is not JSON" };
    throw invalid(found, found.mistake);
  }
  const fail = (path: readonly (string | number)[], what: string) => invalid(findValue(text, path), what);
  if (!isObject(file)) throw fail([], "an object was expected");
  checkKeys(file, FILE_KEYS, [], fail);
  const { hosts, hostDefault } = file;
  if (hosts !== undefined && hosts !== null) {
    if (!isObject(hosts)) throw fail(["hosts"], '"hosts" must be an object');
    for (const [name, entry] of Object.entries(hosts)) {
      if (!isObject(entry)) throw fail(["hosts", name], `settings of ${JSON.stringify(name)} must be an object`);
      checkKeys(entry, HOST_KEYS, ["hosts", name], fail);
    }
  }
  if (hostDefault !== undefined && hostDefault !== null) {
    if (!isObject(hostDefault)) throw fail(["hostDefault"], '"hostDefault" must be an object');
    checkKeys(hostDefault, HOST_KEYS, ["hostDefault"], fail);
  }
  return {
    ...withoutNulls(file, { ...FILE_KEYS, hosts: "", hostDefault: "" }),
    ...(isObject(hosts)
      ? {
        hosts: Object.fromEntries(Object.entries(hosts).map(([name, entry]) => [name, withoutNulls(entry, HOST_KEYS)])),
      }
      : {}),
    ...(isObject(hostDefault) ? { hostDefault: withoutNulls(hostDefault, HOST_KEYS) } : {}),
  };
}

/** A null means the same as nothing, as Go reads it. */
function withoutNulls(value: unknown, keys: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(Object(value)).filter(([key, one]) => one !== null || !Object.hasOwn(keys, key)),
  );
}

function checkKeys(
  entry: Readonly<Record<string, unknown>>,
  keys: Readonly<Record<string, string>>,
  path: readonly string[],
  fail: (path: readonly (string | number)[], what: string) => FerryError,
): void {
  for (const [key, value] of Object.entries(entry)) {
    const kind = Object.hasOwn(keys, key) ? keys[key] : undefined;
    const check = kind === undefined || value === null ? undefined : CHECKS[kind];
    if (check !== undefined && !check.test(value)) throw fail([...path, key], `"${key}" must be ${check.wanted}`);
  }
}

const isText = (value: unknown) => typeof value === "string";

const CHECKS: Readonly<Record<string, { readonly wanted: string; readonly test: (value: unknown) => boolean }>> = {
  string: { wanted: "a string", test: isText },
  number: { wanted: "a number", test: (value) => typeof value === "number" },
  boolean: { wanted: "true or false", test: (value) => typeof value === "boolean" },
  strings: { wanted: "a list of strings", test: (value) => Array.isArray(value) && value.every(isText) },
  map: {
    wanted: "an object of strings",
    test: (value) => isObject(value) && Object.values(value).every(isText),
  },
  duration: {
    wanted: 'a duration, for example "1h30m", or nanoseconds',
    test: (value) => typeof value === "number" || typeof value === "string" && parseDuration(value) !== undefined,
  },
  tls: {
    wanted: '"enabled", "insecure" or "disabled"',
    test: (value) => typeof value === "string" && /^(?:enabled|insecure|disabled|)$/i.test(value),
  },
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
