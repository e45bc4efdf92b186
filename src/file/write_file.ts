/**
 * Files for people: written aside, flushed, renamed, so that the name shows the whole content or what was there before.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { createFlusher } from "./flusher.ts";

/** What the operating system says, in words and with a way out. */
const REASONS: Readonly<Record<string, { readonly words: string; readonly hint: string }>> = {
  ENOSPC: { words: "the disk is full", hint: "free some space and run it again" },
  EDQUOT: { words: "the disk quota is used up", hint: "free some space and run it again" },
  ENOENT: { words: "its folder does not exist", hint: "make the folder first" },
  ENOTDIR: { words: "a part of the path is a file, not a folder", hint: "choose another path" },
  EISDIR: { words: "it is a folder", hint: "name a file" },
  EACCES: { words: "permission denied", hint: "check who owns the folder and its permissions" },
  EROFS: { words: "the file system is read-only", hint: "choose another folder" },
};

/** Bytes behind which what was written is brought to disk. */
const FLUSH_BYTES = 32 << 20;

/** A file that is being written. */
export interface AsideFile {
  /** The open file, at its start. */
  readonly file: Deno.FsFile;
  /** Where it is meanwhile. */
  readonly path: string;
  /** The path that it is written for, as it was given. */
  readonly target: string;
  /** False where it is a pipe or a device, which only takes bytes in their order. */
  readonly seekable: boolean;
}

/**
 * Writes a file whole or not at all. What is there already and is no file (a pipe, a device) is written to as it is.
 *
 * @returns bytes written
 * @throws {FerryError} IO, and what the source of the content throws; then nothing is left behind
 */
export async function writeFile(path: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<number> {
  return await writeAside(path, (aside) => pour(aside, content));
}

/**
 * Writes a stream into a file that is being written, from where it stands; gives how many bytes there were.
 *
 * @throws {FerryError} IO, and what the stream throws
 */
export async function pour(
  { file, seekable, target }: AsideFile,
  content: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<number> {
  const flusher = createFlusher(file, FLUSH_BYTES);
  let size = 0;
  for await (const piece of content instanceof Uint8Array ? [content] : content) {
    for (let at = 0; at < piece.byteLength;) {
      at += await file.write(piece.subarray(at)).catch((cause) => Promise.reject(ioError(target, cause)));
    }
    size += piece.byteLength;
    if (seekable) flusher.wrote(piece.byteLength);
  }
  await flusher.end().catch((cause) => Promise.reject(ioError(target, cause)));
  return size;
}

/**
 * As {@linkcode writeFile}, for content that does not come as one stream: `fill` writes it all and gives its size.
 *
 * @throws {FerryError} IO, and what `fill` throws; then nothing is left behind
 */
export async function writeAside(path: string, fill: (aside: AsideFile) => Promise<number>): Promise<number> {
  const there = await Deno.stat(path).catch(() => undefined);
  if (there?.isDirectory === true) throw ioError(path, { code: "EISDIR" });
  const direct = there !== undefined && !there.isFile;
  const target = direct ? path : await Deno.realPath(path).catch(() => path);
  const written = direct ? path : `${target}.${crypto.randomUUID().slice(0, 8)}.ferry-partial`;
  try {
    using file = await opened(path, written, direct);
    const size = await fill({ file, path: written, target: path, seekable: !direct });
    if (direct) return size;
    await file.sync().catch((cause) => Promise.reject(ioError(path, cause)));
    if (there?.mode != null) await Deno.chmod(written, there.mode & 0o777).catch(() => {});
    await Deno.rename(written, target).catch((cause) => Promise.reject(ioError(path, cause)));
    return size;
  } catch (error) {
    if (!direct) await Deno.remove(written).catch(() => {});
    throw error;
  }
}

async function opened(path: string, written: string, direct: boolean): Promise<Deno.FsFile> {
  try {
    return await Deno.open(written, direct ? { write: true } : { write: true, createNew: true });
  } catch (cause) {
    throw ioError(path, cause);
  }
}

/** What the operating system says about a file that could not be written, in words and with a way out. */
export function ioError(path: string, cause: unknown): FerryError {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  const reason = REASONS[code];
  const words = reason?.words ?? (cause instanceof Error ? cause.message : String(cause));
  return new FerryError("IO", `Could not write "${path}": ${words}`, {
    cause,
    ...(reason === undefined ? {} : { hint: reason.hint }),
  });
}
