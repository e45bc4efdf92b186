/**
 * Requests that the server refuses, with the codes of the distribution-spec ("Error Codes").
 *
 * @module
 */
import { type ErrorCode, isFerryError } from "../errors.ts";

/** Options of a {@linkcode Refusal}. */
export interface RefusalOptions {
  /** More headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Detail for the client. */
  readonly detail?: unknown;
}

/** An answer other than success. Its message goes to the client: it names nothing of the server's own. */
export class Refusal extends Error {
  /** Name of the class. */
  override readonly name = "Refusal";
  /** More headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Detail for the client. */
  readonly detail: unknown;

  /** Status, code of the specification and message of the answer. */
  constructor(readonly status: number, readonly code: string, message: string, options: RefusalOptions = {}) {
    super(message);
    this.headers = options.headers ?? {};
    this.detail = options.detail;
  }
}

type Row = readonly [status: number, code: string, message: string];

/** What failures of the layout transport are to a client. */
const ANSWERS: Readonly<Partial<Record<ErrorCode, Row>>> = {
  NAME_UNKNOWN: [404, "NAME_UNKNOWN", "Repository not found"],
  MANIFEST_UNKNOWN: [404, "MANIFEST_UNKNOWN", "Manifest not found"],
  BLOB_UNKNOWN: [404, "BLOB_UNKNOWN", "Blob not found"],
  DIGEST_INVALID: [400, "DIGEST_INVALID", "Digest is not valid"],
  DIGEST_MISMATCH: [400, "DIGEST_INVALID", "Digest does not match the content"],
  SIZE_MISMATCH: [400, "SIZE_INVALID", "Size does not match the content"],
  MANIFEST_TOO_LARGE: [413, "SIZE_INVALID", "Manifest is too large"],
  LAYOUT_LOCKED: [503, "UNAVAILABLE", "Repository is locked by another process"],
};

/** Any thrown value as a refusal; undefined where it is a failure of the server itself. */
export function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!isFerryError(error)) return undefined;
  if (error.code === "MANIFEST_INVALID") return new Refusal(400, "MANIFEST_INVALID", error.message);
  if (error.code === "IO" && isFull(error.cause)) {
    return new Refusal(507, "UNAVAILABLE", "The server's disk is full");
  }
  const row = ANSWERS[error.code];
  return row === undefined ? undefined : new Refusal(...row);
}

function isFull(cause: unknown): boolean {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT";
}
