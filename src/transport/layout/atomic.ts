/**
 * Files that are whole or not there, whenever a crash comes: written aside, flushed, renamed.
 *
 * @module
 */
import { withIoError } from "./io_error.ts";
import { temporaryPath } from "./paths.ts";

/** Removes a file that may be gone already. */
export async function removeQuietly(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}

/** Flushes the names in a folder to disk; where folders cannot be flushed (Windows), nothing. */
export async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  await folder.sync();
}

/** Writes all of `bytes` at the file's position. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) at += await file.write(bytes.subarray(at));
}

/**
 * Makes or replaces a file of the layout. Its folder must be there. The name is flushed only with `durable`; without, the
 * caller flushes the folder later, once for many files.
 *
 * @returns what the file is once it is written
 * @throws {FerryError} IO
 */
export async function writeAtomic(
  root: string,
  path: string,
  bytes: Uint8Array,
  durable: boolean,
): Promise<Deno.FileInfo> {
  const temporary = temporaryPath(root);
  return await withIoError(`write "${path}"`, async () => {
    let info: Deno.FileInfo;
    try {
      using file = await Deno.open(temporary, { write: true, createNew: true });
      // Nobody collects what is locked. Where files cannot be locked its age protects it.
      await file.tryLock(true).catch(() => false);
      await writeAll(file, bytes);
      await file.sync();
      info = await file.stat();
      await Deno.rename(temporary, path);
    } catch (error) {
      await removeQuietly(temporary);
      throw error;
    }
    if (durable) await syncFolder(path.slice(0, path.lastIndexOf("/")));
    return info;
  });
}

/** Reads a file of at most `most` bytes; undefined when it has more. */
export async function readLimited(path: string, most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  if (size > most) return undefined;
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.subarray(0, at);
}
