/**
 * Writes an archive to a file. Where everything will stand is known before anything is read: what lies in local files is hashed and
 * copied to its place by threads, several files at a time, while all else is written.
 *
 * @module
 */
import { createFlusher, type Flusher } from "../file/flusher.ts";
import { HashFailure, HashThreads } from "../file/hash_threads.ts";
import { type AsideFile, ioError, pour, writeAside, writeFile } from "../file/write_file.ts";
import { checkFile } from "../layer/check_blob.ts";
import type { Item } from "./collect.ts";
import { itemBytes, type LayoutArchive, layoutArchive, layoutParts } from "./write.ts";

/** Bytes behind which what was written is brought to disk. */
const FLUSH_BYTES = 32 << 20;

/** A part of the archive, and where it goes. */
interface Placed<T> {
  readonly part: T;
  readonly at: number;
}

/**
 * Writes an archive to a file, whole or not at all. Every byte that is written is checked.
 *
 * @returns bytes written
 * @throws {FerryError} IO, DIGEST_MISMATCH, SIZE_MISMATCH, what the items fail with, and the signal's reason; then nothing is left behind
 */
export async function writeLayoutArchive(
  path: string,
  archive: LayoutArchive,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<number> {
  const sizes = archive.items.filter(isInFile).map(({ size }) => size);
  using threads = HashThreads.worthFor(sizes, { signal });
  if (threads === undefined) return await writeFile(path, layoutArchive(archive));
  const hashing = threads;
  return await writeAside(
    path,
    (aside) => aside.seekable ? writeParts(aside, archive, hashing) : pour(aside, layoutArchive(archive)),
  );
}

/** An item whose bytes are in a local file. */
type InFile = Item & { readonly file: string };

function isInFile(part: Uint8Array | Item): part is InFile {
  return !(part instanceof Uint8Array) && part.file !== undefined && HashThreads.takes(part.size);
}

async function writeParts(aside: AsideFile, archive: LayoutArchive, threads: HashThreads): Promise<number> {
  const flusher = createFlusher(aside.file, FLUSH_BYTES);
  const inFiles: Placed<InFile>[] = [];
  const others: Placed<Uint8Array | Item>[] = [];
  let size = 0;
  for (const part of layoutParts(archive)) {
    if (isInFile(part)) inFiles.push({ part, at: size });
    else others.push({ part, at: size });
    size += part instanceof Uint8Array ? part.byteLength : part.size;
  }
  const copied = Promise.all(
    inFiles.map(async (placed) => await copy(placed, aside, threads, flusher) ? [] : [placed]),
  );
  copied.catch(() => {});
  await writeInOrder(aside, others, flusher);
  // What could not be read as a file tells why when it is read as it is elsewhere.
  await writeInOrder(aside, (await copied).flat(), flusher);
  await flusher.end().catch((cause) => Promise.reject(ioError(aside.target, cause)));
  return size;
}

/** Has a thread copy a file; false where the file cannot be read as the item. */
async function copy(
  { at, part }: Placed<InFile>,
  { path, target }: AsideFile,
  threads: HashThreads,
  flusher: Flusher,
): Promise<boolean> {
  try {
    const to = { path, offset: at };
    return await checkFile(threads, part.file, part, { to, onBytes: (bytes) => flusher.wrote(bytes) });
  } catch (error) {
    throw error instanceof HashFailure ? ioError(target, error) : error;
  }
}

async function writeInOrder(
  { file, target }: AsideFile,
  parts: readonly Placed<Uint8Array | Item>[],
  flusher: Flusher,
): Promise<void> {
  const write = async (piece: Uint8Array) => {
    for (let sent = 0; sent < piece.byteLength;) sent += await file.write(piece.subarray(sent));
    flusher.wrote(piece.byteLength);
  };
  const put = (piece: Uint8Array) => write(piece).catch((cause) => Promise.reject(ioError(target, cause)));
  for (const { at, part } of parts) {
    await file.seek(at, Deno.SeekMode.Start);
    if (part instanceof Uint8Array) await put(part);
    else for await (const piece of itemBytes(part)) await put(piece);
  }
}
