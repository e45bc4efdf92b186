/**
 * Collects what a layout no longer refers to. Whatever is younger than the grace period stays: it may be part of a copy under way,
 * here or in another process.
 *
 * @module
 */

import { type Digest, DIGEST_ALGORITHMS, isDigest } from "../../oci/digest.ts";
import type { LayoutIndex } from "./index_file.ts";
import { readIndex } from "./index_store.ts";
import { isMissing, withIoError } from "./io_error.ts";
import { withLock } from "./lock.ts";
import { blobFolder, isUnfinished, temporaryPath } from "./paths.ts";
import { reachableDigests } from "./reachable.ts";

/** Age below which nothing is collected, milliseconds: an hour. */
export const DEFAULT_GRACE: number = 60 * 60 * 1000;

/** Partial files wait longer for the run that takes them up: a day by default. */
const PARTIAL_GRACES = 24;

/** Options of {@linkcode collectGarbage}. */
export interface CollectOptions {
  /** Only says what would go. */
  readonly dryRun?: boolean;
  /** Age below which nothing goes, milliseconds; an hour by default. Partial files go after 24 times as long. */
  readonly grace?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Stops the waiting for the lock. */
  readonly signal?: AbortSignal;
  /** Counts as `index.json`: what would go if it were so. Only with `dryRun`. */
  readonly index?: LayoutIndex;
}

/** What was collected. */
export interface Collected {
  /** Blobs that went. */
  readonly digests: readonly Digest[];
  /** Partial and temporary files that went. */
  readonly partials: number;
  /** Bytes of all of them. */
  readonly bytes: number;
}

/**
 * Collects the garbage of a layout under its lock.
 *
 * @throws {FerryError} NAME_UNKNOWN, LAYOUT_INVALID, LAYOUT_LOCKED, IO
 */
export async function collectGarbage(path: string, options: CollectOptions = {}): Promise<Collected> {
  await readIndex(path);
  return await withLock(path, async () => await collect(path, assumed(options) ?? await readIndex(path), options), {
    signal: options.signal,
  });
}

function assumed({ dryRun, index }: CollectOptions): LayoutIndex | undefined {
  return dryRun === true ? index : undefined;
}

/** The same for who holds the lock and has the index. */
export async function collect(root: string, index: LayoutIndex, options: CollectOptions): Promise<Collected> {
  const { dryRun = false, grace = DEFAULT_GRACE, now = Date.now } = options;
  const used = await reachableDigests(root, index);
  const digests: Digest[] = [];
  let bytes = 0;
  return await withIoError(`collect the garbage of "${root}"`, async () => {
    for (const algorithm of Object.keys(DIGEST_ALGORITHMS)) {
      const folder = blobFolder(root, algorithm);
      for (const name of await namesIn(folder)) {
        const digest = `${algorithm}:${name}`;
        if (!isDigest(digest) || used.has(digest)) continue;
        const size = await collectBlob(root, `${folder}/${name}`, now() - grace, dryRun);
        if (size === undefined) continue;
        digests.push(digest);
        bytes += size;
      }
    }
    const partials = await collectPartials(root, now() - grace * PARTIAL_GRACES, dryRun);
    return {
      digests: digests.sort(),
      partials: partials.length,
      bytes: partials.reduce((sum, one) => sum + one, bytes),
    };
  });
}

/** Removes a blob that is older than `before`; gives its size. */
async function collectBlob(
  root: string,
  path: string,
  before: number,
  dryRun: boolean,
): Promise<number | undefined> {
  const info = await oldFile(path, before);
  if (info === undefined || dryRun) return info?.size;
  // Whoever comes to count on a blob touches it, without the lock. Aside it can no longer be touched; if it was, it goes back.
  const aside = temporaryPath(root);
  await Deno.rename(path, aside);
  if (await oldFile(aside, before) === undefined) {
    await Deno.rename(aside, path);
    return undefined;
  }
  await Deno.remove(aside);
  return info.size;
}

async function oldFile(path: string, before: number): Promise<Deno.FileInfo | undefined> {
  try {
    const info = await Deno.lstat(path);
    return info.isFile && info.mtime !== null && info.mtime.getTime() <= before ? info : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Removes old partial files that nobody has locked; gives their sizes. */
async function collectPartials(root: string, before: number, dryRun: boolean): Promise<number[]> {
  const sizes: number[] = [];
  for (const name of await namesIn(root)) {
    if (!isUnfinished(name)) continue;
    const path = `${root}/${name}`;
    const info = await oldFile(path, before);
    if (info === undefined) continue;
    const file = await Deno.open(path, { read: true, write: true }).catch(() => undefined);
    if (file === undefined) continue;
    try {
      if (!await file.tryLock(true)) continue;
      if (!dryRun) await Deno.remove(path);
      sizes.push(info.size);
    } finally {
      file.close();
    }
  }
  return sizes;
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) names.push(entry.name);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return names;
}
