/**
 * Changes the index of plugins: one writer at a time, and never half a file.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { FerryError } from "../errors.ts";
import { ioError, writeFile } from "../file/write_file.ts";
import { INDEX_FILE, type PluginIndex, type PluginRecord, readIndex } from "./record.ts";

/** Milliseconds after which what a crash left behind is taken away. */
const STALE = 60 * 60 * 1000;

/**
 * Reads the index anew under a lock, and writes what `change` makes of it. Then folders that it does not name are taken away.
 *
 * @throws {FerryError} IO, PLUGIN_INVALID, and what `change` throws
 */
export async function changeIndex(
  folder: string,
  change: (records: readonly PluginRecord[]) => Promise<readonly PluginRecord[]>,
): Promise<void> {
  const path = join(folder, INDEX_FILE);
  if (!isAbsolute(folder)) {
    throw new FerryError("IO", "There is no folder to keep plugins in: no home folder is known", {
      hint: "set HOME or XDG_DATA_HOME",
    });
  }
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause) => Promise.reject(ioError(folder, cause)));
  using lock = await Deno.open(join(folder, ".lock"), { read: true, write: true, create: true, mode: 0o600 })
    .catch((cause) => Promise.reject(ioError(path, cause)));
  await lock.lock(true);
  const plugins = await change((await readIndex(folder))?.plugins ?? []);
  const index: PluginIndex = { version: 1, plugins };
  await writeFile(path, new TextEncoder().encode(`${JSON.stringify(index, undefined, 2)}\n`));
  await sweep(folder, new Set(plugins.map((one) => one.folder)));
}

async function sweep(folder: string, kept: ReadonlySet<string>): Promise<void> {
  for await (const { isDirectory, name } of Deno.readDir(folder)) {
    if (!isDirectory || kept.has(name)) continue;
    const path = join(folder, name);
    // Another process may be about to add this one.
    if (name.startsWith(".new-") && Date.now() - ((await Deno.stat(path)).mtime?.getTime() ?? 0) < STALE) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}
