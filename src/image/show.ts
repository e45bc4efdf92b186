/**
 * Manifests as results of commands: `manifest get`, `image manifest`, `image digest` and their like.
 *
 * @module
 */
import { platformFlag } from "../config/local_platform.ts";
import { FerryError } from "../errors.ts";
import { isIndexType } from "../oci/media_type.ts";
import { manifestData } from "../output/data/mod.ts";
import { descriptorHeaders } from "../output/headers_text.ts";
import { manifestText } from "../output/manifest_text.ts";
import type { CommandResult, Context } from "../plugin.ts";
import { formatReference } from "../reference/format.ts";
import type { Reference } from "../reference/reference.ts";
import { resolveDescriptor, resolveManifest } from "./resolve.ts";

/** Flags of commands that show a manifest. */
export interface ShowManifestOptions {
  /** Platform to choose from an index, as it was typed. */
  readonly platform?: string | undefined;
  /** Fail when it is no index. */
  readonly requireList?: boolean | undefined;
  /** Get the manifest where its digest is not told. */
  readonly requireDigest?: boolean | undefined;
}

/**
 * Gets a manifest and shows it.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, PLATFORM_UNKNOWN, UNSUPPORTED when it is no index though it must be
 */
export async function showManifest(
  context: Context,
  reference: Reference,
  options: ShowManifestOptions,
): Promise<CommandResult> {
  const platform = platformFlag(options.platform);
  const transport = await context.transport(reference);
  let received: Headers | undefined;
  const found = await resolveManifest(transport, reference, platform, {
    signal: context.signal,
    onHeaders: (headers) => received = headers,
  });
  const { manifest } = found;
  if (options.requireList === true) requireIndex(manifest.descriptor.mediaType, reference);
  const name = formatReference(found.reference);
  const text = () => manifestText(manifest, name);
  const headers = received ?? descriptorHeaders(manifest.descriptor);
  return {
    text,
    data: () => manifestData({ manifest, reference: found.reference, name, pretty: text, headers }),
    rawBody: manifest.raw,
    rawHeaders: headers,
  };
}

/**
 * Asks for the digest of a manifest and shows it.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, PLATFORM_UNKNOWN, UNSUPPORTED when it is no index though it must be
 */
export async function showDigest(
  context: Context,
  reference: Reference,
  options: ShowManifestOptions,
): Promise<CommandResult> {
  const platform = platformFlag(options.platform);
  const transport = await context.transport(reference);
  let received: Headers | undefined;
  const descriptor = await resolveDescriptor(transport, reference, {
    signal: context.signal,
    onHeaders: (headers) => received = headers,
    platform,
    requireDigest: options.requireDigest === true,
  });
  if (options.requireList === true) requireIndex(descriptor.mediaType, reference);
  const headers = received ?? descriptorHeaders(descriptor);
  const text = () => `${descriptor.digest}\n`;
  return {
    text,
    data: () =>
      manifestData({ manifest: descriptor, reference, name: formatReference(reference), pretty: text, headers }),
    rawBody: new Uint8Array(),
    rawHeaders: headers,
  };
}

function requireIndex(mediaType: string, reference: Reference): void {
  if (isIndexType(mediaType)) return;
  throw new FerryError("UNSUPPORTED", `Manifest "${formatReference(reference)}" is no index but "${mediaType}"`);
}
