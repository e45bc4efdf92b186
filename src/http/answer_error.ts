/**
 * What went wrong when a registry answered: its status and error body (distribution-spec, "Error Codes") as a FerryError.
 *
 * @module
 */
import { type ErrorCode, FerryError } from "../errors.ts";
import { answerHint } from "./answer_hint.ts";
import { limitReset } from "./limit_reset.ts";
import { registryErrors, registryWords } from "./registry_words.ts";
import type { RegistryRequest } from "./request.ts";
import { retryAfter } from "./retry_after.ts";

/** Bytes of an error body that are read. */
export const ERROR_BODY_MOST: number = 64 * 1024;

/** What was asked for, so that a bare 404 can be named. */
export type Asked = "manifest" | "blob" | "tags" | "repositories" | "upload" | "other";

/** The parts of a request that its refusal is told with. */
export type AskedRequest = Pick<
  RegistryRequest,
  "method" | "what" | "asked" | "repository" | "actions" | "path" | "target"
>;

/** A refusing answer, its body read. */
export interface RefusingAnswer {
  /** Status. */
  readonly status: number;
  /** Headers. */
  readonly headers: Headers;
  /** Body, as far as it was read. */
  readonly body: string;
}

const BY_REGISTRY_CODE: Readonly<Record<string, ErrorCode>> = {
  BLOB_UNKNOWN: "BLOB_UNKNOWN",
  BLOB_UPLOAD_UNKNOWN: "NOT_FOUND",
  DIGEST_INVALID: "DIGEST_MISMATCH",
  MANIFEST_BLOB_UNKNOWN: "BLOB_UNKNOWN",
  MANIFEST_INVALID: "MANIFEST_INVALID",
  MANIFEST_UNKNOWN: "MANIFEST_UNKNOWN",
  MANIFEST_UNVERIFIED: "MANIFEST_INVALID",
  NAME_UNKNOWN: "NAME_UNKNOWN",
  SIZE_INVALID: "SIZE_MISMATCH",
  TAG_INVALID: "REFERENCE_INVALID",
  UNAUTHORIZED: "UNAUTHORIZED",
  DENIED: "DENIED",
  UNSUPPORTED: "UNSUPPORTED",
  TOOMANYREQUESTS: "TOOMANYREQUESTS",
};

const MISSING: Readonly<Record<Asked, ErrorCode>> = {
  manifest: "MANIFEST_UNKNOWN",
  blob: "BLOB_UNKNOWN",
  tags: "NAME_UNKNOWN",
  repositories: "UNSUPPORTED",
  upload: "NAME_UNKNOWN",
  other: "NOT_FOUND",
};

/** What servers of TLS (Go's, nginx, Apache) say to plain HTTP. */
const SPEAKS_TLS =
  /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL/i;

/** How registries say that a tag is not to be moved: ECR, Harbor, Quay, ACR, Artifact Registry, each in words of its own. */
const IMMUTABLE = /immutab|cannot be overwritten|TAG_?(ALREADY_)?EXISTS|tag is (locked|write-protected)/i;
/** How they say that there is no more room: Harbor, Quay, GitLab, DigitalOcean. */
const QUOTA = /\bquota|storage limit|exceed\w* the (configured )?(upper |storage )?limit|insufficient storage/i;

/** An answer that was not one of those wanted, as an error. */
export function answerError(request: AskedRequest, registry: string, answer: RefusingAnswer, now: number): FerryError {
  const said = registryErrors(answer.body);
  const { status } = answer;
  const what = `${request.method} ${request.what}`;
  if (status === 400 && SPEAKS_TLS.test(answer.body)) {
    return new FerryError("TLS", `${what} failed: ${registry} speaks TLS, and was asked over plain HTTP`, {
      status,
      hint: `ferry registry set --tls enabled ${registry}`,
    });
  }
  const words = registryWords(said);
  const code = codeOf(status, said[0]?.code, request, words);
  const wait = code === "TOOMANYREQUESTS" ? limitReset(answer.headers, now) : retryAfter(answer.headers, now);
  const hint = answerHint({ request, registry, code, ...answer, words, now });
  return new FerryError(code, `${what} failed with status ${status}${words === "" ? "" : ` (${words})`}`, {
    status,
    ...(words === "" ? {} : { detail: words }),
    ...(wait === undefined ? {} : { retryAfter: wait / 1000 }),
    ...(hint === undefined ? {} : { hint }),
    ...(request.target === undefined ? {} : { target: request.target }),
  });
}

function codeOf(status: number, said: string | undefined, request: AskedRequest, words: string): ErrorCode {
  const { asked, method } = request;
  const stores = method === "PUT" || method === "POST" || method === "PATCH";
  if (status === 429) return "TOOMANYREQUESTS";
  if (status === 408) return "TIMEOUT";
  if (status === 401 || status === 407) return "UNAUTHORIZED";
  if (stores && (status === 507 || (status < 500 && QUOTA.test(words)))) return "QUOTA_EXCEEDED";
  if (stores && asked === "manifest" && status < 500 && IMMUTABLE.test(words)) return "TAG_IMMUTABLE";
  if (status === 403) return "DENIED";
  if (status >= 500 && status !== 501) return "HTTP_5XX";
  const known = said !== undefined && Object.hasOwn(BY_REGISTRY_CODE, said) ? BY_REGISTRY_CODE[said] : undefined;
  if (known !== undefined) return known;
  if (status === 404) return MISSING[asked];
  if (status === 405 || status === 501) return "UNSUPPORTED";
  if (status === 413) return asked === "manifest" ? "MANIFEST_TOO_LARGE" : "HTTP_4XX";
  return status >= 400 ? "HTTP_4XX" : "RESPONSE_INVALID";
}
