/**
 * The one error class and the one table of codes: code to exit code and title.
 *
 * @module
 */

/** A class of failures that share an exit code. */
export interface ErrorKind {
  /** Exit code of the process, 1 to 255. */
  readonly exit: number;
  /** What happened, in a few words, sentence case. */
  readonly title: string;
}

/** Every error code with its exit code and title; the registry's own codes keep their names (distribution-spec, error codes). */
export const ERROR_TABLE = {
  INTERNAL: { exit: 1, title: "Unexpected failure" },
  SCRIPT_FAILED: { exit: 1, title: "Script failed" },
  IO: { exit: 1, title: "Reading or writing a file failed" },
  LAYOUT_INVALID: { exit: 1, title: "Not an OCI image layout" },
  LAYOUT_LOCKED: { exit: 1, title: "Layout is locked by another process" },
  COMMAND_UNKNOWN: { exit: 2, title: "Unknown command" },
  FLAG_UNKNOWN: { exit: 2, title: "Unknown flag" },
  FLAG_INVALID: { exit: 2, title: "Invalid flag value" },
  ARGUMENT_MISSING: { exit: 2, title: "Missing argument" },
  ARGUMENT_INVALID: { exit: 2, title: "Invalid argument" },
  REFERENCE_INVALID: { exit: 2, title: "Invalid reference" },
  PLATFORM_INVALID: { exit: 2, title: "Invalid platform" },
  TEMPLATE_INVALID: { exit: 2, title: "Invalid template" },
  CONFIG_INVALID: { exit: 2, title: "Invalid configuration" },
  PLUGIN_INVALID: { exit: 2, title: "Plugin cannot be used" },
  COPY_PARTIAL: { exit: 3, title: "Some items were not copied" },
  BOT_PARTIAL: { exit: 3, title: "Some scripts or rules failed" },
  SYNC_PARTIAL: { exit: 3, title: "Some items were not synced" },
  UNAUTHORIZED: { exit: 4, title: "Authentication required or refused" },
  DENIED: { exit: 4, title: "Access denied" },
  CREDENTIAL_HELPER_FAILED: { exit: 4, title: "Credential helper failed" },
  NAME_UNKNOWN: { exit: 5, title: "Repository not found" },
  MANIFEST_UNKNOWN: { exit: 5, title: "Manifest not found" },
  BLOB_UNKNOWN: { exit: 5, title: "Blob not found" },
  PLATFORM_UNKNOWN: { exit: 5, title: "Platform not found" },
  CREDENTIAL_UNKNOWN: { exit: 5, title: "No credential stored" },
  NOT_FOUND: { exit: 5, title: "Not found" },
  DIGEST_INVALID: { exit: 6, title: "Invalid digest" },
  DIGEST_MISMATCH: { exit: 6, title: "Digest does not match the content" },
  SIZE_MISMATCH: { exit: 6, title: "Size does not match the content" },
  MANIFEST_INVALID: { exit: 6, title: "Invalid manifest" },
  ARCHIVE_INVALID: { exit: 6, title: "Invalid archive" },
  PLUGIN_CHANGED: { exit: 6, title: "Files of a plugin are not those that were added" },
  MANIFEST_TOO_LARGE: { exit: 6, title: "Manifest too large" },
  RESPONSE_INVALID: { exit: 6, title: "Registry gave an answer that breaks the protocol" },
  DNS: { exit: 7, title: "Host name not found" },
  CONNECT: { exit: 7, title: "Connection failed" },
  TLS: { exit: 7, title: "TLS failed" },
  TIMEOUT: { exit: 7, title: "Timed out" },
  CONNECTION_LOST: { exit: 7, title: "Connection lost" },
  HTTP_5XX: { exit: 7, title: "Registry failed" },
  TOOMANYREQUESTS: { exit: 8, title: "Too many requests" },
  UNSUPPORTED: { exit: 9, title: "Not supported" },
  TAG_IMMUTABLE: { exit: 9, title: "Tag cannot be changed" },
  QUOTA_EXCEEDED: { exit: 9, title: "Storage quota is used up" },
  POLICY: { exit: 9, title: "Refused by policy" },
  HTTP_4XX: { exit: 9, title: "Registry refused the request" },
  DIFFERENCE: { exit: 10, title: "A difference was found" },
  INTERRUPTED: { exit: 130, title: "Interrupted" },
  TERMINATED: { exit: 143, title: "Terminated" },
} as const satisfies Record<string, ErrorKind>;

/** A code of {@linkcode ERROR_TABLE}. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** What a {@linkcode FerryError} carries besides its code and message. */
export interface FerryErrorOptions {
  /** How to fix it; one sentence, no full stop. */
  readonly hint?: string;
  /** The registry's own words or code, or other detail for logs. Never a secret. */
  readonly detail?: string;
  /** HTTP status, where a registry answered. */
  readonly status?: number;
  /** Seconds to wait before another try, where a registry said so. */
  readonly retryAfter?: number;
  /** What was asked for, where more can be learned from it: a reference, or a host that was not found. */
  readonly target?: string;
  /** Lines of the text that is wrong, with a mark below the place. */
  readonly excerpt?: string;
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * The one error that ferry throws on purpose.
 *
 * @example
 * ```ts
 * import { FerryError } from "./errors.ts";
 * const error = new FerryError("REFERENCE_INVALID", 'Reference "A/b" is not valid', { hint: "use lower case" });
 * if (error.exit !== 2) throw error;
 * ```
 */
export class FerryError extends Error {
  /** Name of the class. */
  override readonly name = "FerryError";
  /** Row of {@linkcode ERROR_TABLE}. */
  readonly code: ErrorCode;
  /** How to fix it. */
  readonly hint: string | undefined;
  /** The registry's own words or code. */
  readonly detail: string | undefined;
  /** HTTP status, where a registry answered. */
  readonly status: number | undefined;
  /** Seconds to wait before another try. */
  readonly retryAfter: number | undefined;
  /** The reference or host that was asked for. */
  readonly target: string | undefined;
  /** Lines of the text that is wrong, with a mark below the place. */
  readonly excerpt: string | undefined;

  /** Message: sentence case, no full stop, says what was tried and quotes the value. */
  constructor(code: ErrorCode, message: string, options: FerryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.detail = options.detail;
    this.status = options.status;
    this.retryAfter = options.retryAfter;
    this.target = options.target;
    this.excerpt = options.excerpt;
  }

  /** Exit code of the process that ends with this error. */
  get exit(): number {
    return ERROR_TABLE[this.code].exit;
  }
}

/** True when `error` is a {@linkcode FerryError} with one of `codes` (any code when none is given). */
export function isFerryError(error: unknown, ...codes: ErrorCode[]): error is FerryError {
  return error instanceof FerryError && (codes.length === 0 || codes.includes(error.code));
}

/** The same error with another hint. */
export function withHint(error: FerryError, hint: string): FerryError {
  const { code, message, detail, status, retryAfter, target, excerpt, cause, stack } = error;
  const options = Object.entries({ hint, detail, status, retryAfter, target, excerpt, cause });
  const changed = new FerryError(code, message, Object.fromEntries(options.filter(([, value]) => value !== undefined)));
  if (stack !== undefined) changed.stack = stack;
  return changed;
}

/**
 * A time to wait as hints tell it, in its two largest units, rounded up.
 *
 * @example
 * ```ts
 * import { waitText } from "./errors.ts";
 * if (waitText(720) !== "12m" || waitText(7500) !== "2h 5m" || waitText(0.2) !== "1s") throw new Error("wrong");
 * ```
 */
export function waitText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.ceil(whole / 60);
  if (minutes < 60) {
    return whole < 600 && whole % 60 !== 0 ? `${Math.floor(whole / 60)}m ${whole % 60}s` : `${minutes}m`;
  }
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}h${minutes % 60 === 0 ? "" : ` ${minutes % 60}m`}`;
  const hours = Math.ceil(minutes / 60);
  return `${Math.floor(hours / 24)}d${hours % 24 === 0 ? "" : ` ${hours % 24}h`}`;
}
