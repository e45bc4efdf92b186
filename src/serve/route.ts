/**
 * Which endpoint a request means (distribution-spec, "Endpoints"). Names, tags and digests are checked here, so that nothing behind
 * this file sees one that could lead out of its folder.
 *
 * @module
 */
import { type Digest, isDigest } from "../oci/digest.ts";
import { isRepository, isTag } from "../reference/grammar.ts";
import { Refusal } from "./refusal.ts";

/** An endpoint with its checked parts. */
export type Route =
  | { readonly kind: "root" }
  | { readonly kind: "catalog" }
  | { readonly kind: "token" }
  | { readonly kind: "health" }
  | { readonly kind: "metrics" }
  | { readonly kind: "tags"; readonly name: string }
  | { readonly kind: "manifest"; readonly name: string; readonly tag: string; readonly digest: Digest }
  | { readonly kind: "blob"; readonly name: string; readonly digest: Digest }
  | { readonly kind: "uploads"; readonly name: string }
  | { readonly kind: "upload"; readonly name: string; readonly id: string }
  | { readonly kind: "referrers"; readonly name: string; readonly digest: Digest };

/** Longest name of a repository, as the registries that people know have it. */
const NAME_MAX = 255;

/** Names of files and folders of a layout: a repository below another one must not be called so. */
const LAYOUT_NAMES = new Set(["blobs", "index.json", "oci-layout"]);

const UPLOAD_ID = /^[0-9a-f]{32}$/;

const FIXED: Readonly<Record<string, Route>> = {
  "/v2": { kind: "root" },
  "/v2/": { kind: "root" },
  "/v2/_catalog": { kind: "catalog" },
  "/token": { kind: "token" },
  "/healthz": { kind: "health" },
  "/metrics": { kind: "metrics" },
};

/**
 * The endpoint of a path; undefined where there is none.
 *
 * @throws {Refusal} NAME_INVALID, TAG_INVALID, DIGEST_INVALID, BLOB_UPLOAD_UNKNOWN
 */
export function parseRoute(path: string): Route | undefined {
  const fixed = FIXED[path];
  if (fixed !== undefined) return fixed;
  if (!path.startsWith("/v2/")) return undefined;
  const rest = decode(path.slice("/v2/".length));
  const end = rest.lastIndexOf("/");
  const last = rest.slice(end + 1);
  const before = rest.slice(0, Math.max(end, 0));
  if (before.endsWith("/blobs/uploads")) {
    const name = checkName(before.slice(0, -"/blobs/uploads".length));
    if (last === "") return { kind: "uploads", name };
    if (!UPLOAD_ID.test(last)) throw new Refusal(404, "BLOB_UPLOAD_UNKNOWN", "Upload not found");
    return { kind: "upload", name, id: last };
  }
  if (last === "uploads" && before.endsWith("/blobs")) {
    return { kind: "uploads", name: checkName(before.slice(0, -"/blobs".length)) };
  }
  if (last === "list" && before.endsWith("/tags")) {
    return { kind: "tags", name: checkName(before.slice(0, -"/tags".length)) };
  }
  if (before.endsWith("/manifests")) {
    const name = checkName(before.slice(0, -"/manifests".length));
    if (last.includes(":")) return { kind: "manifest", name, tag: "", digest: checkDigest(last) };
    return { kind: "manifest", name, tag: checkTag(last), digest: "" };
  }
  if (before.endsWith("/blobs")) {
    return { kind: "blob", name: checkName(before.slice(0, -"/blobs".length)), digest: checkDigest(last) };
  }
  if (before.endsWith("/referrers")) {
    return { kind: "referrers", name: checkName(before.slice(0, -"/referrers".length)), digest: checkDigest(last) };
  }
  return undefined;
}

/**
 * A name of a repository that is safe as a path.
 *
 * @throws {Refusal} NAME_INVALID
 */
export function checkName(name: string): string {
  if (name.length > NAME_MAX || !isRepository(name)) {
    throw new Refusal(400, "NAME_INVALID", "Repository name is not valid", { detail: name.slice(0, NAME_MAX) });
  }
  if (name.includes("/") && name.split("/").some((part) => LAYOUT_NAMES.has(part))) {
    throw new Refusal(400, "NAME_INVALID", "Repository name has a part that layouts keep for themselves", {
      detail: [...LAYOUT_NAMES].join(", "),
    });
  }
  return name;
}

/**
 * A tag.
 *
 * @throws {Refusal} TAG_INVALID
 */
export function checkTag(tag: string): string {
  if (isTag(tag)) return tag;
  throw new Refusal(400, "TAG_INVALID", "Tag is not valid", { detail: tag.slice(0, NAME_MAX) });
}

/**
 * A digest that can be checked.
 *
 * @throws {Refusal} DIGEST_INVALID
 */
export function checkDigest(digest: string): Digest {
  if (isDigest(digest)) return digest;
  throw new Refusal(400, "DIGEST_INVALID", "Digest is not valid", { detail: digest.slice(0, NAME_MAX) });
}

/** Percent signs are for the few clients that write `%3A` in digests. */
function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, "NAME_INVALID", "Path is not valid");
  }
}
