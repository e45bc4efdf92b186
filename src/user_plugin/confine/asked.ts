/**
 * What a confined plugin asks with, put together anew from what it sent: references and digests that are not what the grammar allows could
 * name other files of a folder, or other addresses of a host.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { parseDigest } from "../../oci/digest.ts";
import { isRepository, isTag } from "../../reference/grammar.ts";
import type { Reference } from "../../reference/reference.ts";
import { fieldsOf, plainLine } from "./plain.ts";

/**
 * The reference that was sent.
 *
 * @throws {FerryError} REFERENCE_INVALID
 */
export function askedReference(sent: unknown): Reference {
  const fields = fieldsOf(sent);
  const text = (name: string): string => typeof fields[name] === "string" ? fields[name] : "";
  const [scheme, registry, repository, tag, digest] = [
    text("scheme"),
    text("registry"),
    text("repository"),
    text("tag"),
    text("digest"),
  ];
  const isPlace = scheme === "reg" ? registry !== "" && isRepository(repository) : registry === "" && repository === "";
  if (!isPlace || (tag !== "" && !isTag(tag))) {
    throw new FerryError(
      "REFERENCE_INVALID",
      `A confined plugin asked for a place that cannot be: "${plainLine(repository)}"`,
    );
  }
  if (digest !== "") parseDigest(digest);
  return { scheme, registry, repository, tag, digest, path: scheme === "reg" ? "" : text("path") };
}

/**
 * The descriptor that was sent: digest and size alone. Addresses in it would be called by the program.
 *
 * @throws {FerryError} DIGEST_INVALID, ARGUMENT_INVALID
 */
export function askedDescriptor(sent: unknown): Descriptor {
  const { digest, mediaType, size } = fieldsOf(sent);
  return {
    mediaType: typeof mediaType === "string" ? mediaType : "",
    digest: askedDigest(digest),
    size: size === -1 || size === undefined ? -1 : askedNumber(size),
  };
}

/**
 * The digest that was sent.
 *
 * @throws {FerryError} DIGEST_INVALID
 */
export function askedDigest(sent: unknown): string {
  const digest = typeof sent === "string" ? sent : "";
  parseDigest(digest);
  return digest;
}

/**
 * The number of bytes or things that was sent.
 *
 * @throws {FerryError} ARGUMENT_INVALID
 */
export function askedNumber(sent: unknown): number {
  if (typeof sent === "number" && Number.isSafeInteger(sent) && sent >= 0) return sent;
  throw new FerryError("ARGUMENT_INVALID", "A confined plugin asked for a number of bytes or things that cannot be");
}

/** Options of a list that were sent, those that are known. */
export function askedOptions(
  sent: unknown,
): { readonly last?: string; readonly limit?: number; readonly artifactType?: string } {
  const { artifactType, last, limit } = fieldsOf(sent);
  return {
    ...(typeof last === "string" ? { last } : {}),
    ...(limit === undefined ? {} : { limit: askedNumber(limit) }),
    ...(typeof artifactType === "string" ? { artifactType } : {}),
  };
}
