/**
 * Failures of the file system in words.
 *
 * @module
 */
import { FerryError, isFerryError } from "../../errors.ts";

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "free some space and run it again; what was stored so far is kept and not read again",
  EDQUOT: "the disk quota is used up: free some space and run it again",
  EACCES: "check who owns the folder and its permissions",
  EPERM: "check who owns the folder and its permissions",
  EROFS: "the file system is read-only: choose another folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  EMFILE: "too many files are open: raise the limit with ulimit -n",
};

const WORDS: Readonly<Record<string, string>> = { ENOSPC: "the disk is full", EDQUOT: "the disk quota is used up" };

/** Code of the operating system, for example `ENOENT`; "" where there is none. */
export function osCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

/** True when a file or folder is not there, or cannot be since a part of its path is a file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    ["ENOENT", "ENOTDIR"].includes(osCode(error));
}

/** An error of the file system as one of ours; errors that are ours already stay as they are. `tried` reads `write "a/b"`. */
export function ioError(tried: string, cause: unknown): FerryError {
  if (isFerryError(cause)) return cause;
  const code = osCode(cause);
  const words = WORDS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  const hint = HINTS[code];
  return new FerryError("IO", `Could not ${tried}: ${words}`, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** Does some work on files; what fails comes out as IO with the words of `tried`. */
export async function withIoError<T>(tried: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw ioError(tried, cause);
  }
}
