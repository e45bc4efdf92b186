/**
 * Manifests and configurations that scripts ask for.
 *
 * @module
 */
import {
  type Descriptor,
  getSmallBlob,
  localPlatform,
  LuaError,
  type Manifest,
  parsePlatform,
  type Platform,
  type Reference,
  resolveDescriptor,
  resolveManifest,
  withDigest,
} from "../../../src/mod.ts";
import { attempt, nameOf, type Session } from "./session.ts";

/** A manifest, or what a HEAD told of it, and what it was asked for by. */
export interface Found {
  readonly manifest: Manifest | undefined;
  readonly descriptor: Descriptor;
  readonly reference: Reference;
}

/** Gets a manifest: from an index that of a platform, this machine's unless given, or the index itself. */
export async function getManifest(
  session: Session,
  reference: Reference,
  platform: string | "index" | undefined,
  signal: AbortSignal,
): Promise<Found> {
  const wanted = platform === "index" ? undefined : platformOf(session, platform);
  const manifest = await session.readAhead.ask(
    `manifest ${platform ?? ""}`,
    reference,
    signal,
    async (reference, signal) =>
      (await resolveManifest(await session.transport(reference), reference, wanted, { signal })).manifest,
  );
  return { manifest, descriptor: manifest.descriptor, reference };
}

/** Asks for a manifest without its content. */
export async function headManifest(session: Session, reference: Reference, signal: AbortSignal): Promise<Found> {
  const descriptor = await session.readAhead.ask(
    "head",
    reference,
    signal,
    async (reference, signal) =>
      await resolveDescriptor(await session.transport(reference), reference, { signal, requireDigest: true }),
  );
  return { manifest: undefined, descriptor, reference };
}

/** The content of a manifest of which a HEAD told the descriptor alone. */
export async function wholeManifest(session: Session, found: Found, signal: AbortSignal): Promise<Manifest> {
  if (found.manifest !== undefined) return found.manifest;
  const reference = withDigest(found.reference, found.descriptor.digest);
  return await attempt(
    "manifest pull failed",
    async () => await (await session.transport(reference)).getManifest(reference, { signal }),
  );
}

/** The configuration of an image. */
export interface FoundConfig {
  readonly raw: Uint8Array;
  readonly manifest: Manifest;
  readonly reference: Reference;
}

/** Gets the configuration of an image's manifest. */
export async function configOf(
  session: Session,
  manifest: Manifest,
  reference: Reference,
  signal: AbortSignal,
): Promise<FoundConfig> {
  const name = nameOf(reference);
  if (manifest.config === undefined) {
    throw new LuaError(
      `Failed looking up "${name}" config digest: a manifest of type ${manifest.descriptor.mediaType} has none`,
    );
  }
  const config = manifest.config;
  const raw = await attempt(
    `Failed retrieving "${name}" config`,
    async () => await getSmallBlob(await session.transport(reference), reference, config, { signal }),
  );
  return { raw, manifest, reference };
}

/** Gets manifest and configuration of a tag. */
export async function getConfig(session: Session, reference: Reference, signal: AbortSignal): Promise<FoundConfig> {
  const platform = machinePlatform(session);
  return await session.readAhead.ask("config", reference, signal, async (reference, signal) => {
    const { manifest } = await attempt(
      `Failed retrieving "${nameOf(reference)}" manifest`,
      async () => await resolveManifest(await session.transport(reference), reference, platform, { signal }),
    );
    return await configOf(session, manifest, reference, signal);
  });
}

/** This machine's platform; looked up once. */
export function machinePlatform(session: Session): Platform {
  return session.platform ??= localPlatform();
}

/** A platform that cannot be read is this machine's, as in regbot. */
function platformOf(session: Session, text: string | undefined): Platform {
  const own = machinePlatform(session);
  if (text === undefined || text === "" || text === "local") return own;
  try {
    return parsePlatform(text, own);
  } catch (error) {
    session.context.log.warn("Could not parse platform", {
      script: session.script,
      platform: text,
      err: error instanceof Error ? error.message : String(error),
    });
    return own;
  }
}
