import { FerryError, fileBytes, loadArchive, type OutputFolder } from "../../src/mod.ts";

/**
 * Writes the entries of a tar archive into a folder of the output: folders, files and links that lead nowhere else.
 *
 * @param file the archive, compressed as it may be
 * @param inside folder to write to
 * @throws {FerryError} ARCHIVE_INVALID, POLICY, IO
 */
export async function unpack(file: string, output: OutputFolder, inside: string): Promise<void> {
  const { cleanEntryPath, decompressAny, readTar, TAR_TYPE } = await loadArchive();
  const at = (name: string) => [inside, cleanEntryPath(name)].filter((part) => part !== "").join("/");
  await output.makeFolder(inside);
  for await (const { header, body, sparse } of readTar(decompressAny(fileBytes(file)))) {
    const path = at(header.name);
    if (header.type === TAR_TYPE.paxGlobal || path === inside) continue;
    if (sparse) throw unsupported(header.name, "is stored with its holes left out");
    switch (header.type) {
      case TAR_TYPE.folder:
        await output.makeFolder(path);
        break;
      case TAR_TYPE.file:
      case TAR_TYPE.contiguous:
        await output.writeFile(path, body);
        await Deno.chmod(output.path(path), header.mode & 0o777).catch(() => {});
        await Deno.utime(output.path(path), header.mtime.seconds, header.mtime.seconds).catch(() => {});
        break;
      case TAR_TYPE.symbolicLink:
        await output.makeLink(path, header.linkname);
        break;
      case TAR_TYPE.hardLink:
        await output.makeSecondName(path, at(header.linkname));
        break;
      default:
        throw unsupported(header.name, "is a device or a pipe");
    }
  }
}

function unsupported(name: string, why: string): FerryError {
  return new FerryError("UNSUPPORTED", `Entry "${name}" of the archive ${why}, which is not unpacked`);
}
