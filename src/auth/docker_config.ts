/**
 * docker's config.json and podman's auth.json: credentials by registry, and by registry and path.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Credential } from "./credential.ts";
import { credentialOf } from "./credential_text.ts";
import { DOCKER_HUB, registryName } from "./registry_name.ts";

/** An entry of `auths`. */
export interface DockerAuth {
  /** Its key as written. */
  readonly key: string;
  /** Registry name; may hold `*` for any part of a name. */
  readonly registry: string;
  /** Repository or a part of its path from the left, as podman writes it; "" for the whole registry. */
  readonly path: string;
  /** What it holds; undefined for an empty entry, which docker leaves where a helper keeps the secret. */
  readonly credential: Credential | undefined;
}

/** What ferry reads of such a file. */
export interface DockerConfig {
  /** Entries of `auths`. */
  readonly auths: readonly DockerAuth[];
  /** Names of helpers by registry name, without `docker-credential-`. */
  readonly credHelpers: ReadonlyMap<string, string>;
  /** Name of the helper for all other registries, or "". */
  readonly credsStore: string;
}

/**
 * Reads the text of such a file. Entries that hold nothing usable are left out.
 *
 * @throws {SyntaxError} where it is no JSON object; the message holds nothing of the text
 */
export function parseDockerConfig(text: string): DockerConfig {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new SyntaxError("it is not valid JSON"); // The parser's own message quotes the text, secrets and all.
  }
  if (!isObject(file)) throw new SyntaxError("it is not a JSON object");
  const auths: DockerAuth[] = [];
  for (const [key, entry] of Object.entries(isObject(file["auths"]) ? file["auths"] : {})) {
    const place = isObject(entry) ? placeOf(key) : undefined;
    if (place !== undefined && isObject(entry)) auths.push({ key, ...place, credential: credentialIn(entry) });
  }
  const credHelpers = new Map<string, string>();
  for (const [key, helper] of Object.entries(isObject(file["credHelpers"]) ? file["credHelpers"] : {})) {
    if (typeof helper === "string" && helper !== "") credHelpers.set(registryName(key), helper);
  }
  const credsStore = file["credsStore"];
  return { auths, credHelpers, credsStore: typeof credsStore === "string" ? credsStore : "" };
}

/**
 * Entries that speak for a repository, best first: the longest path, a name before a pattern, the key written as the name before
 * one written as a URL.
 */
export function matchingAuths(config: DockerConfig, registry: string, repository: string): DockerAuth[] {
  const rank = (auth: DockerAuth) => [
    auth.path.length,
    auth.registry.includes("*") ? 0 : 1,
    auth.key === registry || auth.key.startsWith(`${registry}/`) ? 1 : 0,
    // A URL of another path than /v1 or /v2 names the registry only by docker's old way of reading it.
    registryName(auth.key) === registry || auth.path !== "" ? 1 : 0,
  ];
  return config.auths
    .filter((auth) => matchesRegistry(auth.registry, registry) && holds(auth.path, repository))
    .sort((a, b) => compareRanks(rank(b), rank(a)));
}

/** Name of the helper that `credHelpers` has for a registry: by name, else by a pattern with `*`. */
export function helperFor(config: DockerConfig, registry: string): string | undefined {
  const named = config.credHelpers.get(registry);
  if (named !== undefined) return named;
  for (const [pattern, helper] of config.credHelpers) {
    if (pattern.includes("*") && matchesRegistry(pattern, registry)) return helper;
  }
  return undefined;
}

function placeOf(key: string): { registry: string; path: string } | undefined {
  const whole = registryName(key);
  const slash = whole.indexOf("/");
  const registry = registryName(slash < 0 ? whole : whole.slice(0, slash));
  if (registry === "" || slash < 0) return registry === "" ? undefined : { registry, path: "" };
  if (!/^https?:\/\//i.test(key)) return { registry, path: whole.slice(slash + 1) };
  // Docker Desktop keeps its own session beside the registry's: https://index.docker.io/v1/access-token.
  return registry === DOCKER_HUB ? undefined : { registry, path: "" };
}

function credentialIn(entry: Readonly<Record<string, unknown>>): Credential | undefined {
  const text = (name: string) => typeof entry[name] === "string" ? entry[name] : "";
  if (text("registrytoken") !== "") return { kind: "registry", token: text("registrytoken") };
  if (text("identitytoken") !== "") return { kind: "identity", token: text("identitytoken") };
  const pair = Buffer.from(text("auth"), "base64").toString("utf8");
  const colon = pair.indexOf(":");
  const fromPair = colon < 0
    ? undefined
    : credentialOf(pair.slice(0, colon), pair.slice(colon + 1).replace(/\0+$/, ""));
  return fromPair ?? (text("username") === "" ? undefined : credentialOf(text("username"), text("password")));
}

function matchesRegistry(pattern: string, registry: string): boolean {
  if (!pattern.includes("*")) return pattern === registry;
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  // A star stays within one label, so that *.example.com does not stand for a.b.example.com.
  return new RegExp(`^${parts.join("[^./:]*")}$`).test(registry);
}

function holds(path: string, repository: string): boolean {
  return path === "" || repository === path || repository.startsWith(`${path}/`);
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
