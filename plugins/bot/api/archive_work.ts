/**
 * Images into tar files and out of them.
 *
 * @module
 */
import {
  copyImage,
  FerryError,
  loadLayoutArchive,
  type Reference,
  resolveManifest,
  type Transport,
} from "../../../src/mod.ts";
import type { Session } from "./session.ts";

/**
 * Writes an image to a file.
 *
 * @throws {FerryError} what registries and files fail with
 */
export async function exportImageTo(
  session: Session,
  reference: Reference,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { exportImage, writeLayoutArchive } = await loadLayoutArchive();
  const transport = await session.transport(reference);
  const { manifest } = await resolveManifest(transport, reference, undefined, { signal });
  const { archive } = await exportImage({ transport, reference, manifest }, { name: reference, signal });
  await writeLayoutArchive(file, archive, { signal });
}

/**
 * Stores the image that a file holds under the tag of `target`, or its first one.
 *
 * @throws {FerryError} ARCHIVE_INVALID where there is none, and what registries and files fail with
 */
export async function importImageFrom(
  session: Session,
  target: Reference,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const parts = await loadLayoutArchive();
  await using archive = await parts.TarArchive.open([file]);
  const store = async (from: Transport, tag: string, digest: string) => {
    const source = parts.archiveReference(file, tag, digest);
    const targetTransport = await session.transport(target);
    await copyImage({
      source,
      target,
      sourceTransport: from,
      targetTransport,
      signal,
      onEvent: session.context.onCopyEvent,
    });
  };
  if (parts.isLayout(archive)) {
    const content = await parts.layoutContent(archive);
    const entry = content.entries.find(({ tag }) => tag === target.tag) ?? content.entries[0];
    if (entry === undefined) throw new FerryError("ARCHIVE_INVALID", `Archive "${file}" holds no image`);
    return await store(parts.createArchiveTransport(content), entry.tag, entry.descriptor.digest);
  }
  const [image] = await parts.savedImages(archive) ?? [];
  if (image === undefined) throw new FerryError("ARCHIVE_INVALID", `Archive "${file}" holds no image`);
  await using content = await parts.dockerContent(archive, image);
  await store(parts.createArchiveTransport(content), "", content.entries[0]!.descriptor.digest);
}
