/**
 * A registry in memory: layouts in a folder of the system's memory file system, which is gone when the server stops. Over a folder that
 * is only read, its repositories are there from the start: their blobs as links to the files, their indexes as copies.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { indexPath, markerPath } from "../transport/layout/paths.ts";
import { Layouts } from "./layouts.ts";

/** Memory file system of Linux. */
const MEMORY = "/dev/shm";

const PREFIX = "ferry-serve-";

/** Locked by the server that a folder belongs to, for as long as it lives; no repository can have this name. */
const OWNER = ".owner";

/** Milliseconds that a server has between making a folder and locking it. */
const YOUNG_MS = 60_000;

/** A folder in memory. */
export interface MemoryFolder {
  /** Its path. */
  readonly dir: string;
  /** Removes it. */
  remove(): Promise<void>;
}

/**
 * Makes a folder in memory, over `base` where it is given; where the system has no memory file system it is a temporary folder.
 *
 * @throws {FerryError} IO
 */
export async function openMemory(base: string | undefined): Promise<MemoryFolder> {
  const isThere = await Deno.stat(MEMORY).then((info) => info.isDirectory, () => false);
  if (isThere) await removeStale(MEMORY);
  let dir: string;
  let owner: Deno.FsFile;
  try {
    dir = await Deno.makeTempDir(isThere ? { dir: MEMORY, prefix: PREFIX } : { prefix: PREFIX });
    owner = await Deno.open(`${dir}/${OWNER}`, { write: true, createNew: true });
    await owner.lock(true);
  } catch (cause) {
    throw new FerryError("IO", "Could not make a folder in memory", { cause, hint: "use --store dir" });
  }
  const remove = async () => {
    await Deno.remove(dir, { recursive: true }).catch(() => {});
    owner.close();
  };
  try {
    if (base !== undefined) await overlay(await Deno.realPath(base), dir);
  } catch (error) {
    await remove();
    throw error;
  }
  return { dir, remove };
}

/**
 * Removes the folders of servers that were killed. The lock tells: the system lets go of it when its owner dies, whatever the number of
 * the process and whoever else sees the folder.
 */
export async function removeStale(place: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(place)) {
    if (!isDirectory || !name.startsWith(PREFIX)) continue;
    const dir = `${place}/${name}`;
    try {
      // Whatever others put there under such a name is none of ours.
      const { uid, mode } = await Deno.lstat(dir);
      if (uid !== Deno.uid() || ((mode ?? 0) & 0o077) !== 0) continue;
      using owner = await Deno.open(`${dir}/${OWNER}`, { write: true });
      const { mtime } = await owner.stat();
      const isYoung = mtime === null || Date.now() - mtime.getTime() < YOUNG_MS;
      if (!isYoung && await owner.tryLock(true)) await Deno.remove(dir, { recursive: true });
    } catch {
      // Somebody else's, or gone already.
    }
  }
}

async function overlay(base: string, dir: string): Promise<void> {
  const lower = new Layouts({ dir: base, now: Date.now, grace: 0, log: undefined });
  for (const name of await lower.names()) {
    const from = lower.root(name);
    const to = `${dir}/${name}`;
    await Deno.mkdir(`${to}/blobs`, { recursive: true });
    for (const algorithm of await entriesOf(`${from}/blobs`)) {
      await Deno.mkdir(`${to}/blobs/${algorithm}`, { recursive: true });
      for (const blob of await entriesOf(`${from}/blobs/${algorithm}`)) {
        await Deno.symlink(`${from}/blobs/${algorithm}/${blob}`, `${to}/blobs/${algorithm}/${blob}`);
      }
    }
    await Deno.copyFile(indexPath(from), indexPath(to));
    await Deno.copyFile(markerPath(from), markerPath(to));
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) names.push(entry.name);
  return names;
}
