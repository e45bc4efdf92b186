/**
 * A file of an image or layer as a result: `image get-file`, `blob get-file`.
 *
 * @module
 */
import { writeFile } from "../file/write_file.ts";
import { loadLayer } from "../layer/load.ts";
import type { FoundPath, LayerPlace } from "../layer/mod.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { tarHeaderData } from "../output/data/mod.ts";
import type { CommandResult } from "../plugin.ts";

/**
 * Finds a path in layers and gives its content, or a folder's as a tar archive.
 *
 * @param layers first to last
 * @param output file to write to instead
 * @throws {FerryError} NOT_FOUND, UNSUPPORTED, ARCHIVE_INVALID, DIGEST_MISMATCH, IO and what the transport throws
 */
export async function showFile(
  place: LayerPlace,
  layers: readonly Descriptor[],
  path: string,
  output: string | undefined,
): Promise<CommandResult> {
  const { findPath, folderArchive } = await loadLayer();
  const found = await findPath(place, layers, path);
  const content = found.kind === "file" ? found.body : folderArchive(place, layers, found.path);
  if (output !== undefined) {
    await writeFile(output, content);
    return dataOf(found);
  }
  return { ...dataOf(found), body: ReadableStream.from(content as AsyncIterable<Uint8Array<ArrayBuffer>>) };
}

function dataOf(found: FoundPath): CommandResult {
  return { data: () => found.kind === "file" ? tarHeaderData(found.header) : { folder: found.path } };
}
