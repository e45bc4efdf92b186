/**
 * What to do about a registry's refusal.
 *
 * @module
 */
import { type ErrorCode, waitText } from "../errors.ts";
import { PROXY_LOGIN } from "./failure.ts";
import { limitReset, limitWindow } from "./limit_reset.ts";
import { isWebPage, webPageHint } from "./registry_words.ts";
import type { RegistryRequest } from "./request.ts";

/** A refusal, as far as hints look at it. */
export interface Refusal {
  /** What was asked for. */
  readonly request: Pick<RegistryRequest, "method" | "asked" | "repository" | "actions" | "path">;
  /** Registry that answered, by its name. */
  readonly registry: string;
  /** What it came to. */
  readonly code: ErrorCode;
  /** Status. */
  readonly status: number;
  /** Headers. */
  readonly headers: Headers;
  /** Body. */
  readonly body: string;
  /** The registry's own words. */
  readonly words: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How to fix it; undefined where nothing is known. */
export function answerHint(refusal: Refusal): string | undefined {
  const { registry, status } = refusal;
  if (status === 407) return PROXY_LOGIN;
  if (isWebPage(refusal.headers, refusal.body) && refusal.code !== "HTTP_5XX" && refusal.code !== "TOOMANYREQUESTS") {
    return webPageHint(registry);
  }
  return HINTS[refusal.code]?.(refusal);
}

/** Hint where deletes are refused: what has to be done differs from registry to registry. */
export function deletesHint(registry: string): string {
  if (/(^|\.)docker\.io$/.test(registry)) {
    return "Docker Hub deletes nothing this way: use its web pages or its own API";
  }
  if (/(^|\.)ghcr\.io$/.test(registry)) return "GitHub deletes packages on its web pages and by its own API only";
  if (/(^|\.)ecr\.aws$|\.amazonaws\.com$/.test(registry)) {
    return "ECR deletes images by its own API: aws ecr batch-delete-image";
  }
  return "deletes are switched off in the registry: docker-registry wants REGISTRY_STORAGE_DELETE_ENABLED=true, " +
    "ferry serve wants --delete, others have a policy or right for it";
}

const HINTS: Partial<Record<ErrorCode, (refusal: Refusal) => string | undefined>> = {
  UNAUTHORIZED: ({ registry }) => `log in with: ferry registry login ${registry}`,
  DENIED: ({ registry, request }) =>
    `the account needs the right to ${rightOf(request)}; log in as another with: ferry registry login ${registry}`,
  TOOMANYREQUESTS: limitHint,
  HTTP_5XX: ({ headers, now }) => {
    const wait = limitReset(headers, now);
    return wait === undefined
      ? "the registry, or what stands before it, failed: try again later"
      : `the registry asks to try again in ${waitText(wait / 1000)}`;
  },
  NAME_UNKNOWN: ({ registry, request }) =>
    request.repository === ""
      ? undefined
      : `check the name; a private repository looks the same to who may not see it: ferry registry login ${registry}`,
  MANIFEST_UNKNOWN: ({ request, words }) => {
    if (/schema ?(version )?1/i.test(words)) return SCHEMA1;
    if (request.method === "PUT") return "the repository lacks manifests that the index names: put them first";
    return request.path.includes(":") ? DIGEST_GONE : "check the tag; ferry tag ls shows those that there are";
  },
  BLOB_UNKNOWN: ({ request }) =>
    request.method === "PUT"
      ? "the repository lacks blobs that the manifest names: put them first with ferry blob put, or copy the whole with ferry image copy"
      : "check the digest; blobs belong to a repository, so that it may be in another one",
  MANIFEST_INVALID: ({ words }) => /schema ?(version )?1/i.test(words) ? SCHEMA1 : undefined,
  MANIFEST_TOO_LARGE: () => "registries take manifests of at most some megabytes: put large content into blobs",
  UNSUPPORTED: unsupportedHint,
  TAG_IMMUTABLE: () => "give it another tag, or change the rule in the registry",
  QUOTA_EXCEEDED: () => "delete images that are no longer needed, or have the quota raised in the registry",
  DIGEST_MISMATCH: ({ request }) =>
    request.method === "GET" || request.method === "HEAD"
      ? undefined
      : "what arrived is not what was sent: something in between changed it, or the registry is at fault",
  HTTP_4XX: ({ status, request }) =>
    status === 413 && request.asked === "upload"
      ? "the registry, or a proxy before it, takes no uploads of this size: raise its limit (nginx: client_max_body_size), or send " +
        "smaller pieces with: ferry registry set --blob-chunk BYTES --blob-max BYTES"
      : undefined,
};

const DIGEST_GONE = "check the digest: it may be in another repository, or gone since no tag names it any more";
const SCHEMA1 = "the image has a manifest of schema 1, which registries no longer take or give: build it anew";

function rightOf({ actions, repository }: Refusal["request"]): string {
  if (repository === "") return "see the registry as a whole";
  const most = actions.includes("delete") ? "delete from" : actions.includes("push") ? "push to" : "pull from";
  return `${most} "${repository}" (scope repository:${repository}:${actions.join(",")})`;
}

function limitHint({ headers, now, registry }: Refusal): string {
  const reset = limitReset(headers, now);
  const window = limitWindow(headers);
  const span = window?.seconds === undefined || window.seconds === 0 ? "" : ` in ${waitText(window.seconds)}`;
  const limit = window === undefined ? "the limit" : `the limit of ${window.limit} requests${span}`;
  // Docker Hub says by whom it counts: an address shared with others is used up by them too.
  const address = /^[\da-f.:]+$/i.test(headers.get("docker-ratelimit-source") ?? "");
  const login = `log in for a higher limit with: ferry registry login ${registry}`;
  if (reset !== undefined) return `${limit} resets in ${waitText(reset / 1000)}${address ? `; ${login}` : ""}`;
  return window === undefined ? `wait, or ${login}` : `${limit} is used up: wait, or ${login}`;
}

function unsupportedHint({ registry, request }: Refusal): string | undefined {
  if (request.method === "DELETE") return deletesHint(registry);
  if (request.asked === "repositories") {
    return "it does not list its repositories: name one, as in ferry tag ls " + `${registry}/repository`;
  }
  if (request.asked === "upload" || request.method === "PUT") {
    return "it takes no uploads: it may be read-only, or a cache of another registry";
  }
  return undefined;
}
