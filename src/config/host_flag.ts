/**
 * `--host reg=...,user=...`: settings of a registry for one run.
 *
 * @module
 */
import { registryName } from "../auth/registry_name.ts";
import { FerryError } from "../errors.ts";
import type { HostEntry } from "./config_file.ts";

/** A value of `--host`. */
export interface HostFlag {
  /** Registry name. */
  readonly registry: string;
  /** What was given. */
  readonly entry: HostEntry;
}

const KEYS = ["reg", "user", "pass", "token", "tls", "hostname", "pathPrefix", "mirror", "credHelper", "repoAuth"];

/**
 * Reads a value of `--host`: pairs `key=value` with commas between them. A value in double quotes may hold commas; a backslash
 * takes the character behind it as it is, inside quotes.
 *
 * @throws {FerryError} FLAG_INVALID; the message holds no value, since one may be a password
 */
export function parseHostFlag(text: string): HostFlag {
  const invalid = (what: string) =>
    new FerryError("FLAG_INVALID", `Value of flag "--host" is not valid: ${what}`, {
      hint: "give it as reg=HOST,user=NAME,pass=SECRET,tls=enabled|insecure|disabled",
    });
  const values = new Map<string, string[]>();
  for (const [key, value] of splitPairs(text, invalid)) {
    if (!KEYS.includes(key)) throw invalid(`key ${JSON.stringify(key)} is not known`);
    values.set(key, [...values.get(key) ?? [], value]);
  }
  const registry = registryName(values.get("reg")?.at(-1) ?? "");
  if (registry === "") throw invalid('key "reg" is missing');
  const entry: Record<string, unknown> = {};
  for (const [key, given] of values) {
    const value = given.at(-1);
    if (key === "mirror") entry["mirrors"] = given;
    else if (key === "repoAuth") {
      if (value !== "true" && value !== "false") throw invalid('key "repoAuth" must be true or false');
      entry[key] = value === "true";
    } else if (key !== "reg") entry[key] = value;
  }
  if (!/^(?:enabled|insecure|disabled|)$/i.test(values.get("tls")?.at(-1) ?? "")) {
    throw invalid('key "tls" must be enabled, insecure or disabled');
  }
  return { registry, entry };
}

function splitPairs(text: string, invalid: (what: string) => FerryError): [string, string][] {
  const pairs: [string, string][] = [];
  let at = 0;
  while (at < text.length) {
    const equals = text.indexOf("=", at);
    const comma = text.indexOf(",", at);
    if (equals < 0 || (comma >= 0 && comma < equals)) throw invalid("a key has no value");
    const key = text.slice(at, equals).trim();
    at = equals + 1;
    let value = "";
    if (text[at] === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === "\\" && at + 1 < text.length) at++;
        value += text[at];
      }
      if (at >= text.length) throw invalid("a quote is not closed");
      at++;
      if (at < text.length && text[at] !== ",") throw invalid("a comma was expected behind a quote");
    } else {
      const end = text.indexOf(",", at);
      value = text.slice(at, end < 0 ? text.length : end);
      at += value.length;
    }
    pairs.push([key, value]);
    at++;
  }
  return pairs;
}
