import { formatRepository } from "../reference/format.ts";
import type { Reference } from "../reference/reference.ts";
import type { BlobOutcome, BlobSource, PutBlobOptions, Transport } from "../transport/transport.ts";
import type { CopyEvent } from "./event.ts";

/** A blob that is copied by itself. */
export interface CopyBlobOptions extends Omit<PutBlobOptions, "onBytes"> {
  /** Repository or layout that it comes from, for its name. */
  readonly from: Reference;
  /** Its content; the size is known. */
  readonly source: BlobSource;
  /** Repository or layout that it goes to. */
  readonly target: Reference;
  /** Serves the target. */
  readonly targetTransport: Transport;
  /** Told what happens, as of a copy of an image. */
  readonly onEvent?: ((event: CopyEvent) => void) | undefined;
}

/**
 * Stores one blob and tells of it as copies of images do.
 *
 * @throws {FerryError} what the transports throw
 */
export async function copySingleBlob(options: CopyBlobOptions): Promise<BlobOutcome> {
  const { from, onEvent, source, target, targetTransport, ...put } = options;
  if (onEvent === undefined) return (await targetTransport.putBlob(target, source, put)).outcome;
  const { digest, size } = source.descriptor;
  const copy = { source: `${formatRepository(from)}@${digest}`, target: formatRepository(target) };
  const blob = { copy, kind: "blob", digest, size } as const;
  onEvent({ type: "found", ...blob });
  onEvent({ type: "start", ...blob });
  try {
    const onBytes = (bytes: number) => onEvent({ type: "bytes", copy, digest, bytes });
    const { outcome } = await targetTransport.putBlob(target, source, { ...put, onBytes });
    onEvent({ type: "done", ...blob, outcome });
    onEvent({ type: "end", copy, outcome: "done" });
    return outcome;
  } catch (error) {
    onEvent({ type: "end", copy, outcome: "failed" });
    throw error;
  }
}
