/**
 * A folder as the archive of a layer.
 *
 * @module
 */
import { TAR_FORMAT, TAR_TYPE, tarHeader } from "../../archive/tar_header.ts";
import { TAR_END, tarEntry } from "../../archive/tar_write.ts";
import { FerryError } from "../../errors.ts";
import { fileBytes } from "../../file/read_file.ts";

/**
 * The archive, its entries in the order of their names. Owners are kept as numbers, times as seconds, links as links.
 *
 * @throws {FerryError} UNSUPPORTED for devices and the like, IO, SIZE_MISMATCH where a file changes meanwhile
 */
export async function* packFolder(folder: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* entriesOf(folder, "");
  yield TAR_END;
}

async function* entriesOf(root: string, folder: string): AsyncGenerator<Uint8Array, void, undefined> {
  for (const name of await namesIn(`${root}/${folder}`)) {
    const inside = folder === "" ? name : `${folder}/${name}`;
    const path = `${root}/${inside}`;
    const info = await Deno.lstat(path);
    const fields = {
      mode: (info.mode ?? 0o644) & 0o7777,
      uid: info.uid ?? 0,
      gid: info.gid ?? 0,
      mtime: { seconds: Math.floor((info.mtime?.getTime() ?? 0) / 1000), nanos: 0 },
      formats: TAR_FORMAT.pax,
    };
    if (info.isDirectory) {
      yield* tarEntry(tarHeader(inside, { ...fields, type: TAR_TYPE.folder }));
      yield* entriesOf(root, inside);
    } else if (info.isSymlink) {
      const linkname = await Deno.readLink(path);
      yield* tarEntry(tarHeader(inside, { ...fields, type: TAR_TYPE.symbolicLink, linkname }));
    } else if (info.isFile) yield* tarEntry(tarHeader(inside, { ...fields, size: info.size }), fileBytes(path));
    else throw new FerryError("UNSUPPORTED", `"${path}" is no file, folder or link, and cannot be in a layer`);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  } catch (cause) {
    throw new FerryError("IO", `Could not read folder "${folder}": ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
