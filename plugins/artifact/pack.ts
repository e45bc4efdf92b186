import { FerryError, fileBytes, loadArchive } from "../../src/mod.ts";

/**
 * A folder as a tar archive compressed with gzip. Entries come in the order of their names, without owners and times, so that the same
 * content gives the same bytes.
 *
 * @throws {FerryError} UNSUPPORTED for devices and the like, IO
 */
export async function* packFolder(folder: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { compress } = await loadArchive();
  yield* compress(archiveOf(folder), "gzip");
}

async function* archiveOf(folder: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { TAR_END } = await loadArchive();
  yield* entriesOf(folder, "");
  yield TAR_END;
}

async function* entriesOf(root: string, folder: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { TAR_TYPE, tarEntry, tarHeader } = await loadArchive();
  const names = (await Array.fromAsync(Deno.readDir(`${root}/${folder}`))).map(({ name }) => name).sort();
  for (const name of names) {
    const inside = folder === "" ? name : `${folder}/${name}`;
    const path = `${root}/${inside}`;
    const info = await Deno.lstat(path);
    const mode = (info.mode ?? 0o644) & 0o777;
    if (info.isDirectory) {
      yield* tarEntry(tarHeader(`${inside}/`, { type: TAR_TYPE.folder, mode }));
      yield* entriesOf(root, inside);
    } else if (info.isSymlink) {
      const linkname = await Deno.readLink(path);
      yield* tarEntry(tarHeader(inside, { type: TAR_TYPE.symbolicLink, mode: 0o777, linkname }));
    } else if (info.isFile) yield* tarEntry(tarHeader(inside, { mode, size: info.size }), fileBytes(path));
    else throw new FerryError("UNSUPPORTED", `"${path}" is no file, folder or link, and cannot be stored`);
  }
}
