/**
 * Reference to text.
 *
 * @module
 */
import { isDrivePath } from "./grammar.ts";
import type { Reference } from "./reference.ts";

/**
 * The full text of a reference, `docker.io/library/alpine:latest`; {@linkcode parseReference} of it gives the same
 * reference. "" for the scheme that no transport serves.
 *
 * @example
 * ```ts
 * import { parseReference } from "./parse.ts";
 * import { formatReference } from "./format.ts";
 * if (formatReference(parseReference("alpine")) !== "docker.io/library/alpine:latest") throw new Error("not formatted");
 * ```
 */
export function formatReference(reference: Reference): string {
  const { scheme, registry, repository, path, tag, digest } = reference;
  if (scheme === "ocifile") return "";
  const end = (tag === "" ? "" : `:${tag}`) + (digest === "" ? "" : `@${digest}`);
  if (scheme === "reg") return `${registry}/${repository}${end}`;
  return `${scheme}://${isDrivePath(path) ? "/" : ""}${path}${end}`;
}

/** The reference without tag and digest: `docker.io/library/alpine`, `ocidir://path`. */
export function formatRepository(reference: Reference): string {
  return formatReference({ ...reference, tag: "", digest: "" });
}
