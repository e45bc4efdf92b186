/**
 * Deletes a manifest, with care for what its tag may mean.
 *
 * @module
 */
import { FerryError, isFerryError } from "../errors.ts";
import { formatReference } from "../reference/format.ts";
import { type Reference, withDigest } from "../reference/reference.ts";
import type { CallOptions, Transport } from "../transport/transport.ts";
import { resolveDescriptor } from "./resolve.ts";

/** Options of {@linkcode deleteManifest}. */
export interface DeleteOptions extends CallOptions {
  /** Take the digest that a tag stands for now. */
  readonly forceTagDereference?: boolean;
  /** A manifest that does not exist is no failure. */
  readonly ignoreMissing?: boolean;
  /** Take it from the list of its subject's referrers as well. */
  readonly referrers?: boolean;
}

/**
 * Deletes a manifest by digest, and with it all its tags.
 *
 * @throws {FerryError} ARGUMENT_INVALID where the reference has no digest, MANIFEST_UNKNOWN, UNSUPPORTED
 */
export async function deleteManifest(
  transport: Transport,
  reference: Reference,
  options: DeleteOptions = {},
): Promise<void> {
  const { forceTagDereference, ignoreMissing, referrers, ...call } = options;
  if (reference.digest === "" && forceTagDereference !== true) {
    throw new FerryError("ARGUMENT_INVALID", `Reference "${formatReference(reference)}" has no digest`, {
      hint: "deleting a manifest deletes all its tags: name it by digest, use tag delete for one tag, " +
        "or add --force-tag-dereference",
    });
  }
  try {
    const digest = reference.digest ||
      (await resolveDescriptor(transport, reference, { ...call, requireDigest: true })).digest;
    await transport.deleteManifest(withDigest(reference, digest), {
      ...call,
      ...(referrers === true ? { referrers } : {}),
    });
    await transport.close(reference);
  } catch (error) {
    if (ignoreMissing === true && isFerryError(error, "MANIFEST_UNKNOWN", "NAME_UNKNOWN")) return;
    throw error;
  }
}
