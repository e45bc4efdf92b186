import { FerryError } from "../../errors.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { parseDigest } from "../../oci/digest.ts";
import type { Reference } from "../../reference/reference.ts";
import type { BlobSource, PutBlobOptions } from "../transport.ts";
import type { RegistryContext } from "./context.ts";

/** What is being uploaded, as all ways of uploading share it. */
export interface Upload {
  /** Shared state. */
  readonly context: RegistryContext;
  /** Target repository. */
  readonly reference: Reference;
  /** The content. */
  readonly source: BlobSource;
  /** Options of the caller, with the places held at both hosts. */
  readonly options: PutBlobOptions;
  /** Bytes of one chunk. */
  readonly chunk: number;
}

/**
 * Checks what a registry says that it stored.
 *
 * @throws {FerryError} DIGEST_MISMATCH
 */
export function checkStored(headers: Headers, descriptor: Descriptor, reference: Reference): void {
  const stored = headers.get("docker-content-digest");
  if (stored === null || stored === "" || stored === descriptor.digest) return;
  if (stored.split(":", 1)[0] !== parseDigest(descriptor.digest).algorithm) return;
  throw new FerryError(
    "DIGEST_MISMATCH",
    `Registry ${reference.registry} stored ${stored.slice(0, 160)}, expected ${descriptor.digest}`,
  );
}

const ABOUT_CONTENT: ReadonlySet<string> = new Set(["DIGEST_MISMATCH", "SIZE_MISMATCH", "BLOB_UNKNOWN"]);
const REFUSALS: ReadonlySet<number> = new Set([400, 404, 405, 411, 413, 416, 501]);

/** Refusals that say nothing about the content: a registry, or a proxy before it, that wants chunks. */
export function refusesWhole(error: FerryError): boolean {
  return error.status !== undefined && REFUSALS.has(error.status) && !ABOUT_CONTENT.has(error.code);
}
