/**
 * What went wrong when a registry answered: its status and error body (distribution-spec, "Error Codes") as a FerryError.
 *
 * @module
 */
import { type ErrorCode, FerryError } from "../errors.ts";
import { retryAfter } from "./retry_after.ts";

/** Bytes of an error body that are read. */
export const ERROR_BODY_MOST: number = 64 * 1024;

/** What was asked for, so that a bare 404 can be named. */
export type Asked = "manifest" | "blob" | "tags" | "repositories" | "upload" | "other";

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

/** An answer that was not one of those wanted, as an error. `what` names the try: `GET manifest a.b/c:1`. */
export function answerError(
  what: string,
  asked: Asked,
  registry: string,
  answer: { readonly status: number; readonly headers: Headers; readonly body: string },
  now: number,
): FerryError {
  const said = registryErrors(answer.body);
  const { status } = answer;
  if (status === 400 && SPEAKS_TLS.test(answer.body)) {
    return new FerryError("TLS", `${what} failed: ${registry} speaks TLS, and was asked over plain HTTP`, {
      status,
      hint: `ferry registry set --tls enabled ${registry}`,
    });
  }
  const code = codeOf(status, said[0]?.code, asked);
  const wait = retryAfter(answer.headers, now);
  const words = said.map(({ code, message }) => message === "" ? code : `${code}: ${message}`).join("; ");
  const hint = hintFor(code, registry, status, wait);
  return new FerryError(code, `${what} failed with status ${status}${words === "" ? "" : ` (${words})`}`, {
    status,
    ...(words === "" ? {} : { detail: words }),
    ...(wait === undefined ? {} : { retryAfter: wait / 1000 }),
    ...(hint === undefined ? {} : { hint }),
  });
}

function codeOf(status: number, said: string | undefined, asked: Asked): ErrorCode {
  if (status === 429) return "TOOMANYREQUESTS";
  if (status === 408) return "TIMEOUT";
  if (status === 401) return "UNAUTHORIZED";
  if (status === 403) return "DENIED";
  if (status >= 500 && status !== 501) return "HTTP_5XX";
  const known = said === undefined ? undefined : BY_REGISTRY_CODE[said];
  if (known !== undefined) return known;
  if (status === 404) return MISSING[asked];
  if (status === 405 || status === 501) return "UNSUPPORTED";
  if (status === 413) return asked === "manifest" ? "MANIFEST_TOO_LARGE" : "HTTP_4XX";
  return status >= 400 ? "HTTP_4XX" : "RESPONSE_INVALID";
}

function hintFor(code: ErrorCode, registry: string, status: number, wait: number | undefined): string | undefined {
  if (code === "UNAUTHORIZED") return `log in with: ferry registry login ${registry}`;
  if (code === "DENIED") {
    return `check that the account may do this; log in as another with: ferry registry login ${registry}`;
  }
  if (code === "TOOMANYREQUESTS") {
    return wait === undefined ? "wait, or log in for a higher limit" : `try again in ${Math.ceil(wait / 1000)} s`;
  }
  if (code === "UNSUPPORTED" && status === 405) {
    return "the registry does not allow this; deletes are often switched off";
  }
  return undefined;
}

function registryErrors(body: string): { readonly code: string; readonly message: string }[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  const errors = typeof value === "object" && value !== null && "errors" in value ? value.errors : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.slice(0, 5).flatMap((error: unknown) => {
    if (typeof error !== "object" || error === null) return [];
    const code = "code" in error && typeof error.code === "string" ? clean(error.code) : "";
    const message = "message" in error && typeof error.message === "string" ? clean(error.message) : "";
    return code === "" && message === "" ? [] : [{ code: code === "" ? "UNKNOWN" : code, message }];
  });
}

/** Text from a registry goes to terminals: no control characters, not without end. */
function clean(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, 300);
}
