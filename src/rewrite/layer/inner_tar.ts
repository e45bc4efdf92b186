/**
 * An archive that is a file of a layer.
 *
 * @module
 */
import { compress, decompressAny, DETECT_BYTES, detectCompression } from "../../archive/compression.ts";
import type { TarEntry } from "../../archive/tar_read.ts";
import { FerryError, isFerryError } from "../../errors.ts";
import { blocks } from "./blocks.ts";
import { editedTar, Tally } from "./edited_tar.ts";
import { fileBytes } from "../../file/read_file.ts";
import type { Scratch } from "./scratch.ts";

/**
 * The entry with every entry of its content passed through `edit`; as it is where nothing changes. It stays compressed as it was.
 *
 * @throws {FerryError} ARCHIVE_INVALID where the content is no archive
 */
export async function changeInnerTar(
  entry: TarEntry,
  edit: (inner: TarEntry) => TarEntry | undefined,
  scratch: Scratch,
): Promise<TarEntry> {
  const old = await scratch.write(entry.body);
  const tally = new Tally();
  let made: string;
  try {
    const compression = detectCompression(await startOf(old));
    const inner = editedTar(decompressAny(fileBytes(old)), [{ key: "", edit }], scratch, tally);
    made = await scratch.write(compress(blocks(inner), compression));
  } catch (error) {
    if (!isFerryError(error, "ARCHIVE_INVALID")) throw error;
    throw new FerryError(
      "ARCHIVE_INVALID",
      `File "${entry.header.name.slice(0, 200)}" is not an archive: ${error.message}`,
      {
        cause: error,
      },
    );
  }
  if (!tally.differs) {
    await scratch.drop(made);
    // Its content was read, and is given again.
    return { ...entry, body: fileOnce(old, scratch) };
  }
  await scratch.drop(old);
  const { size } = await Deno.stat(made);
  return { ...entry, header: { ...entry.header, size }, body: fileOnce(made, scratch) };
}

async function startOf(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const start = new Uint8Array(DETECT_BYTES);
  return start.subarray(0, await file.read(start) ?? 0);
}

async function* fileOnce(path: string, scratch: Scratch): AsyncGenerator<Uint8Array, void, undefined> {
  yield* fileBytes(path);
  await scratch.drop(path);
}
