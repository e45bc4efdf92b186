/**
 * Blobs of a registry (distribution-spec, "Pulling blobs", "Pushing blobs", "Deleting blobs").
 *
 * @module
 */
import { isFerryError } from "../../errors.ts";
import { shownHeaders } from "../../http/redact.ts";
import { type Descriptor, embeddedData } from "../../oci/descriptor.ts";
import { type Digest, parseDigest } from "../../oci/digest.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import { type Reference, sameRepository } from "../../reference/reference.ts";
import type { BlobOutcome, BlobSource, CallOptions, PutBlobOptions } from "../transport.ts";
import { openBlob } from "./blob_stream.ts";
import { ACTIONS, type RegistryContext, repositoryName, target } from "./context.ts";
import { startSession } from "./session.ts";
import { upload } from "./upload.ts";

/** Descriptor of a blob, or undefined when the repository does not have it. */
export async function headBlob(
  context: RegistryContext,
  reference: Reference,
  digest: Digest,
  options: CallOptions,
): Promise<Descriptor | undefined> {
  parseDigest(digest);
  const ask = (method: "HEAD" | "GET") =>
    context.http.send({
      ...target(reference, options),
      method,
      // What is missing is sent next: by then its connection is open.
      upload: method === "HEAD",
      path: `blobs/${digest}`,
      accept: [200, 404],
      actions: ACTIONS.pull,
      asked: "blob",
      what: `blob ${repositoryName(reference)}@${digest}`,
    });
  const answer = context.noHead.has(reference.registry) ? await ask("GET") : await ask("HEAD").catch((error) => {
    if (!isFerryError(error, "UNSUPPORTED")) throw error;
    context.noHead.add(reference.registry);
    return ask("GET");
  });
  await answer.discard();
  if (answer.status === 404) return undefined;
  options.onHeaders?.(shownHeaders(answer.headers));
  const length = answer.headers.get("content-length");
  return { mediaType: MEDIA_TYPE.octetStream, digest, size: length === null ? -1 : Number(length) };
}

/** A blob to read later. */
export function blobSource(context: RegistryContext, reference: Reference, descriptor: Descriptor): BlobSource {
  const embedded = embeddedData(descriptor);
  return {
    descriptor,
    reopenable: true,
    host: reference.registry,
    open: (offset, options = {}) => {
      if (embedded === undefined) return openBlob(context, reference, descriptor, offset, options);
      const rest = embedded.slice(offset);
      return Promise.resolve({ body: new Blob([rest]).stream(), size: rest.byteLength, offset });
    },
  };
}

/** Stores a blob: mounts it where that can be, else uploads it. */
export async function putBlob(
  context: RegistryContext,
  reference: Reference,
  source: BlobSource,
  options: PutBlobOptions,
): Promise<{ readonly descriptor: Descriptor; readonly outcome: BlobOutcome }> {
  const { descriptor } = source;
  const from = options.mountFrom;
  if (from !== undefined && descriptor.digest !== "" && !sameRepository(from, reference)) {
    const session = await startSession(
      context,
      reference,
      { digest: descriptor.digest, from: from.repository },
      options,
    );
    if (session === undefined) return { descriptor, outcome: "mounted" };
    context.log?.debug("mount refused, uploading", { digest: descriptor.digest, from: from.repository });
    return { descriptor: await upload(context, reference, source, session, options), outcome: "sent" };
  }
  const stored = await upload(context, reference, source, undefined, options);
  return { descriptor: stored, outcome: "sent" };
}

/** Deletes a blob. */
export async function deleteBlob(
  context: RegistryContext,
  reference: Reference,
  digest: Digest,
  options: CallOptions,
): Promise<void> {
  parseDigest(digest);
  const answer = await context.http.send({
    ...target(reference, options),
    method: "DELETE",
    path: `blobs/${digest}`,
    accept: [200, 202, 204],
    actions: ACTIONS.remove,
    asked: "blob",
    what: `blob ${repositoryName(reference)}@${digest}`,
  });
  await answer.discard();
}
