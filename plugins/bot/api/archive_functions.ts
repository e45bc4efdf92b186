/**
 * `image.exportTar` and `image.importTar`: images in tar files. They work with files, so they are not in the sandbox.
 *
 * @module
 */
import {
  copyImage,
  FerryError,
  loadArchive,
  loadLayoutArchive,
  LuaError,
  type LuaFunction,
  type LuaLibrary,
  type Reference,
  resolveManifest,
  type Transport,
  writeFile,
} from "../../../src/mod.ts";
import { referenceAt } from "./objects.ts";
import { attempt, nameOf, type Session } from "./session.ts";

/** The functions; in the sandbox they say that they are not to be had. */
export function archiveFunctions(session: Session): LuaLibrary {
  const { unsafe } = session;
  const refuse = (name: string): LuaFunction => () => {
    throw new LuaError(`image.${name} works with files: allow it with "sandbox: false" in the file, or --unsafe-lua`);
  };
  return {
    exportTar: unsafe ? exportFunction(session) : refuse("exportTar"),
    importTar: unsafe ? importFunction(session) : refuse("importTar"),
  };
}

function exportFunction(session: Session): LuaFunction {
  return async (call) => {
    const reference = referenceAt(call, 1);
    const file = call.text(2);
    const { signal } = call;
    const name = nameOf(reference);
    await session.action(
      () =>
        session.change(
          "Export image",
          { image: name, file },
          () =>
            attempt(`Failed to export image "${name}" to "${file}"`, async () => {
              const { exportImage, layoutArchive } = await loadLayoutArchive();
              const transport = await session.transport(reference);
              const { manifest } = await resolveManifest(transport, reference, undefined, { signal });
              const { archive } = await exportImage({ transport, reference, manifest }, { name: reference, signal });
              await writeFile(file, (await loadArchive()).compress(layoutArchive(archive), "none"));
            }),
        ),
      signal,
    );
  };
}

function importFunction(session: Session): LuaFunction {
  return async (call) => {
    const target = referenceAt(call, 1);
    const file = call.text(2);
    const { signal } = call;
    const name = nameOf(target);
    await session.action(
      () =>
        session.change(
          "Import image",
          { image: name, file },
          () =>
            attempt(
              `Failed to import image "${name}" from "${file}"`,
              () => importImage(session, target, file, signal),
            ),
        ),
      signal,
    );
  };
}

async function importImage(session: Session, target: Reference, file: string, signal: AbortSignal): Promise<void> {
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
