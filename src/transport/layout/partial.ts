/**
 * Partial files: the first bytes of a blob whose transfer has not ended, named by its digest and locked while somebody writes. What an
 * earlier transfer left is taken up.
 *
 * @module
 */
import type { Digest } from "../../oci/digest.ts";
import { removeQuietly } from "./atomic.ts";
import { isStillAt } from "./lock.ts";
import { partialPath, temporaryPath } from "./paths.ts";

/** An open partial file. */
export interface Partial {
  /** The file, locked. */
  readonly file: Deno.FsFile;
  /** Its path. */
  readonly path: string;
  /** Bytes that were there. */
  readonly kept: number;
  /** True when a later transfer can find it by the digest; else it is of no use to anybody once this one ends. */
  readonly findable: boolean;
}

const TAKE_TRIES = 5;

/**
 * Opens the partial file of a blob. Where another process fills it, or where the digest is not known yet, it is a file of its own.
 */
export async function takePartial(root: string, digest: Digest | undefined): Promise<Partial> {
  if (digest !== undefined) {
    const path = partialPath(root, digest);
    for (let left = TAKE_TRIES; left > 0; left--) {
      const file = await Deno.open(path, { read: true, write: true, create: true });
      const mine = await own(file, path);
      if (mine === true) return { file, path, kept: (await file.stat()).size, findable: true };
      file.close();
      if (mine === "taken") break;
    }
  }
  const path = temporaryPath(root);
  const file = await Deno.open(path, { read: true, write: true, createNew: true });
  await file.tryLock(true).catch(() => false);
  return { file, path, kept: 0, findable: false };
}

/** Locks the file. Between opening and locking, its owner may have made it a blob: then it must not be written to. */
async function own(file: Deno.FsFile, path: string): Promise<true | "taken" | "gone"> {
  try {
    if (!await file.tryLock(true)) return "taken";
    return await isStillAt(file, path) ? true : "gone";
  } catch {
    return "taken";
  }
}

/** Ends the work on a partial file that did not become a blob: kept where it is of use, else removed. */
export async function leavePartial(partial: Partial, keep: boolean): Promise<void> {
  const { size } = await partial.file.stat().catch(() => ({ size: 0 }));
  if (!keep || !partial.findable || size === 0) await removeQuietly(partial.path);
  partial.file.close();
}
