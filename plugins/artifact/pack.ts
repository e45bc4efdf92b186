import { FerryError, loadArchive } from "../../src/mod.ts";

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

/** The bytes of a file, from some offset on. */
export async function* fileBytes(path: string, offset = 0): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  using file = await Deno.open(path);
  if (offset > 0) await file.seek(offset, Deno.SeekMode.Start);
  for (;;) {
    const buffer = new Uint8Array(1 << 18);
    const read = await file.read(buffer);
    if (read === null) return;
    yield buffer.subarray(0, read);
  }
}
