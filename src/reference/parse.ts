/**
 * Text to reference. One grammar for registries and layouts, with Docker Hub's short names.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { isDigestForm, isDrivePath, isLayoutPath, isRegistry, isRepository, isTag, schemeOf } from "./grammar.ts";
import { explainReference, explainRegistry, type Explanation } from "./explain.ts";
import type { Reference } from "./reference.ts";

/** Registry that short names mean. */
export const DOCKER_REGISTRY = "docker.io";

const DOCKER_ALIASES: ReadonlySet<string> = new Set([DOCKER_REGISTRY, "index.docker.io", "registry-1.docker.io"]);
const DOCKER_NAMESPACE = "library";
const DEFAULT_TAG = "latest";
/** Longer text is refused unread; no registry or file system takes names near it. */
const MAX_LENGTH = 64 * 1024;

/**
 * Parses a reference: `alpine`, `ghcr.io/org/app:1`, `localhost:5000/a@sha256:...`, `ocidir://path:tag`,
 * `ocidir:///C:/path:tag`. Absent parts are ""; a registry reference with neither tag nor digest gets the tag `latest`. `schemes` are
 * those that plugins serve.
 *
 * @throws {FerryError} REFERENCE_INVALID
 *
 * @example
 * ```ts
 * import { parseReference } from "./parse.ts";
 * const reference = parseReference("alpine:3");
 * if (reference.repository !== "library/alpine" || reference.tag !== "3") throw new Error("not parsed");
 * ```
 */
export function parseReference(text: string, schemes?: ReadonlySet<string>): Reference {
  const reference = tryParseReference(text, schemes);
  if (reference === undefined) throw refuse("Reference", text, explainReference(text, isReference));
  return reference;
}

/** As {@linkcode parseReference}, undefined where the text is no reference. */
export function tryParseReference(text: string, schemes?: ReadonlySet<string>): Reference | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const scheme = schemeOf(text);
  if (scheme === undefined) return parseRegistryReference(text);
  const isLayout = scheme === "ocidir" || scheme === "ocifile" || schemes?.has(scheme) === true;
  return isLayout ? parseLayout(scheme, text.slice(scheme.length + 3)) : undefined;
}

/** True where {@linkcode parseReference} takes the text. */
export function isReference(text: string): boolean {
  return tryParseReference(text) !== undefined;
}

/**
 * Parses the name of a registry alone and gives it as references write it: Docker Hub's aliases become `docker.io`.
 *
 * @throws {FerryError} REFERENCE_INVALID
 */
export function parseRegistry(text: string): string {
  if (text.length > MAX_LENGTH || !isRegistry(text)) throw refuse("Registry", text, explainRegistry(text));
  return registryName(text);
}

/**
 * Parses a reference that names a repository or layout only; `schemes` are those that plugins serve.
 *
 * @throws {FerryError} REFERENCE_INVALID where it is no reference or has a tag or digest
 */
export function parseRepository(text: string, schemes?: ReadonlySet<string>): Reference {
  const reference = parseReference(text, schemes);
  if (reference.digest !== "" || splitTag(text).tag !== undefined) {
    throw refuse("Repository", text, { what: "it has a tag or digest", hint: "give the repository alone" });
  }
  return { ...reference, tag: "" };
}

function parseRegistryReference(text: string): Reference | undefined {
  const { rest, tag, digest } = splitTag(text);
  if ((tag !== undefined && !isTag(tag)) || (digest !== undefined && !isDigestForm(digest))) return undefined;
  const slash = rest.indexOf("/");
  const first = slash < 0 ? "" : rest.slice(0, slash);
  const registry = first !== "" && isRegistry(first) ? registryName(first) : DOCKER_REGISTRY;
  const named = first !== "" && isRegistry(first);
  let repository = named ? rest.slice(slash + 1) : rest;
  if (!isRepository(repository)) return undefined;
  if (!named && repository === "localhost") return undefined;
  if (registry === DOCKER_REGISTRY && !repository.includes("/")) repository = `${DOCKER_NAMESPACE}/${repository}`;
  const defaultTag = digest === undefined ? DEFAULT_TAG : "";
  return { scheme: "reg", registry, repository, tag: tag ?? defaultTag, digest: digest ?? "", path: "" };
}

function parseLayout(scheme: string, text: string): Reference | undefined {
  const drive = text.startsWith("/") && isDrivePath(text.slice(1)) ? text.slice(1, 3) : "";
  const { rest, tag, digest } = splitTag(drive === "" ? text : text.slice(3));
  if (!isLayoutPath(rest)) return undefined;
  if ((tag !== undefined && !isTag(tag)) || (digest !== undefined && !isDigestForm(digest))) return undefined;
  return { scheme, registry: "", repository: "", tag: tag ?? "", digest: digest ?? "", path: drive + rest };
}

/** Cuts `@digest` at the first @ and `:tag` at the first colon that no slash follows, so that ports stay where they are. */
function splitTag(text: string): { rest: string; tag: string | undefined; digest: string | undefined } {
  const at = text.indexOf("@");
  const name = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  return colon < 0
    ? { rest: name, tag: undefined, digest }
    : { rest: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}

function registryName(registry: string): string {
  return DOCKER_ALIASES.has(registry) ? DOCKER_REGISTRY : registry;
}

function refuse(kind: string, text: string, { what, hint }: Explanation): FerryError {
  const shown = JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text);
  return new FerryError("REFERENCE_INVALID", `${kind} ${shown} is not valid: ${what}`, { hint });
}
