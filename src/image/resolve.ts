/**
 * Finds the manifest that a reference and a platform mean.
 *
 * @module
 */
import { joinBytes } from "../oci/join_bytes.ts";
import { FerryError, isFerryError, withHint } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { type Manifest, MANIFEST_MAX_BYTES } from "../oci/manifest.ts";
import { isIndexType } from "../oci/media_type.ts";
import type { Platform } from "../oci/platform.ts";
import { selectPlatform } from "../oci/platform_select.ts";
import { formatReference, formatRepository } from "../reference/format.ts";
import { type Reference, withDigest } from "../reference/reference.ts";
import type { CallOptions, Transport } from "../transport/transport.ts";

/** Indexes inside indexes are followed this deep. */
const MAX_DEPTH = 8;

/** A manifest and where it was found. */
export interface ResolvedManifest {
  /** The manifest. */
  readonly manifest: Manifest;
  /** The reference as it was asked for, or by digest when a platform chose it from an index. */
  readonly reference: Reference;
}

/**
 * Gets the manifest of a reference; from an index the one for `platform`, where given.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, PLATFORM_UNKNOWN and what the transport throws
 */
export async function resolveManifest(
  transport: Transport,
  reference: Reference,
  platform: Platform | undefined,
  options: CallOptions = {},
): Promise<ResolvedManifest> {
  let found: ResolvedManifest = { manifest: await transport.getManifest(reference, options), reference };
  for (let depth = 0; platform !== undefined && found.manifest.kind === "index"; depth++) {
    if (depth === MAX_DEPTH) throw tooDeep(reference);
    const chosen = withDigest(reference, selectPlatform(found.manifest.manifests, platform).digest);
    found = { manifest: await transport.getManifest(chosen, options), reference: chosen };
  }
  return found;
}

/** Options of {@linkcode resolveDescriptor}. */
export interface ResolveDescriptorOptions extends CallOptions {
  /** Choose this platform from an index; needs the index's content. */
  readonly platform?: Platform | undefined;
  /** Get the manifest where a registry does not say its digest. */
  readonly requireDigest?: boolean;
}

/**
 * Descriptor of the manifest of a reference, where possible without its content.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, PLATFORM_UNKNOWN, RESPONSE_INVALID where the digest is not told, and what the transport throws
 */
export async function resolveDescriptor(
  transport: Transport,
  reference: Reference,
  options: ResolveDescriptorOptions = {},
): Promise<Descriptor> {
  const { platform, requireDigest, ...call } = options;
  const head = await transport.headManifest(reference, call);
  if (head === undefined) {
    const target = formatReference(reference);
    throw new FerryError("MANIFEST_UNKNOWN", `Manifest "${target}" does not exist`, {
      target,
      ...(reference.digest === ""
        ? {}
        : { hint: "check the digest: it may be in another repository, or gone since no tag names it any more" }),
    });
  }
  let found = head;
  if (platform !== undefined && (isIndexType(head.mediaType) || head.mediaType === "")) {
    let manifest = await transport.getManifest(reference, call);
    found = manifest.descriptor;
    for (let depth = 0; manifest.kind === "index"; depth++) {
      if (depth === MAX_DEPTH) throw tooDeep(reference);
      found = selectPlatform(manifest.manifests, platform);
      if (!isIndexType(found.mediaType)) break;
      manifest = await transport.getManifest(withDigest(reference, found.digest), call);
    }
  }
  if (found.digest !== "") return found;
  if (requireDigest === true) return (await transport.getManifest(reference, call)).descriptor;
  throw new FerryError("RESPONSE_INVALID", `Registry did not tell the digest of "${formatReference(reference)}"`, {
    hint: "add --require-digest to compute it from the manifest",
  });
}

/**
 * A blob that is held in memory whole: a config, never a layer. Its digest is checked.
 *
 * @throws {FerryError} MANIFEST_TOO_LARGE, BLOB_UNKNOWN, DIGEST_MISMATCH, SIZE_MISMATCH
 */
export async function getSmallBlob(
  transport: Transport,
  reference: Reference,
  descriptor: Descriptor,
  options: CallOptions = {},
): Promise<Uint8Array> {
  const { DigestVerifier, parseDigest } = await import("../oci/digest.ts");
  const { body } = await transport.blobSource(reference, descriptor).open(0, options);
  const verifier = new DigestVerifier(parseDigest(descriptor.digest).algorithm);
  const pieces: Uint8Array[] = [];
  for await (const piece of body) {
    verifier.update(piece);
    if (verifier.size > MANIFEST_MAX_BYTES) {
      throw new FerryError(
        "MANIFEST_TOO_LARGE",
        `Blob "${descriptor.digest}" has more than ${MANIFEST_MAX_BYTES} bytes`,
      );
    }
    pieces.push(piece.slice());
  }
  const what = `blob "${descriptor.digest}" of "${formatRepository(reference)}"`;
  try {
    verifier.verify(descriptor.digest, descriptor.size < 0 ? undefined : descriptor.size, what);
  } catch (error) {
    if (!isFerryError(error, "DIGEST_MISMATCH", "SIZE_MISMATCH")) throw error;
    throw withHint(
      error,
      reference.scheme === "reg"
        ? `registry ${reference.registry} sent other content than the digest says: its storage is damaged, or something in between ` +
          "changed it"
        : "the layout's file is damaged: copy the image to the layout again",
    );
  }
  return joinBytes(pieces);
}

function tooDeep(reference: Reference): FerryError {
  return new FerryError("MANIFEST_INVALID", `Index "${formatReference(reference)}" nests indexes too deep`);
}
