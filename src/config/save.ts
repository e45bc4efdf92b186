/**
 * Writes the configuration file: one writer at a time, and never half a file.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { FerryError } from "../errors.ts";
import type { ConfigFile } from "./config_file.ts";
import { dropDefaults } from "./host_settings.ts";
import { readConfig } from "./load.ts";

/**
 * Changes a file: reads it anew under a lock, writes the outcome to a temporary file in the same folder, and renames that. A file
 * that is a symbolic link stays one: its target is written. New files get mode 0600, new folders 0700; an existing mode is kept.
 *
 * @throws {FerryError} CONFIG_INVALID where the file is not valid; IO where it cannot be written; what `change` throws
 */
export async function updateConfig(filename: string, change: (file: ConfigFile) => ConfigFile): Promise<ConfigFile> {
  try {
    const target = await resolveLinks(filename);
    await Deno.mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const unlock = await lockFile(`${join(dirname(target), `.${basename(target)}`)}.lock`);
    try {
      const before = await readConfig(target) ?? {};
      const after = dropDefaults(change(before), before);
      await replaceFile(target, `${JSON.stringify(after, undefined, 2)}\n`);
      return after;
    } finally {
      await unlock();
    }
  } catch (cause) {
    if (!isDenoError(cause)) throw cause;
    throw new FerryError("IO", `Configuration file "${filename}" could not be written`, {
      cause,
      hint: "set FERRY_CONFIG to a file in a folder that can be written",
    });
  }
}

/** Where a chain of symbolic links ends, whether or not there is a file. */
async function resolveLinks(path: string): Promise<string> {
  let at = path;
  for (let links = 0; links < 40; links++) {
    let to: string;
    try {
      if (!(await Deno.lstat(at)).isSymlink) return at;
      to = await Deno.readLink(at);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return at;
      throw error;
    }
    at = to.startsWith("/") || /^[A-Za-z]:/.test(to) ? to : join(dirname(at), to);
  }
  throw new FerryError("IO", `Configuration file "${path}" is a symbolic link that leads nowhere`);
}

/** Takes a lock that other processes see; gives what releases it and takes the lock file away. */
async function lockFile(path: string): Promise<() => Promise<void>> {
  for (;;) {
    const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
    try {
      await file.lock(true);
      // Another process may have taken the file away between the open and the lock: then the lock holds nobody off.
      if (Deno.build.os === "windows" || await isSameFile(file, path)) {
        return async () => {
          if (Deno.build.os !== "windows") await Deno.remove(path).catch(() => {});
          file.close();
        };
      }
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
  }
}

async function isSameFile(file: Deno.FsFile, path: string): Promise<boolean> {
  try {
    const [held, named] = await Promise.all([file.stat(), Deno.stat(path)]);
    return held.ino === named.ino && held.dev === named.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = await Deno.makeTempFile({ dir: dirname(path), prefix: `.${basename(path)}.` });
  try {
    const file = await Deno.open(temporary, { write: true });
    try {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync();
    } finally {
      file.close();
    }
    if (Deno.build.os !== "windows") await copyMode(path, temporary);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(dirname(path));
  await folder.sync().catch(() => {}); // Not every file system can; the file itself is safe.
}

async function copyMode(from: string, to: string): Promise<void> {
  try {
    const { mode, uid, gid } = await Deno.stat(from);
    await Deno.chmod(to, (mode ?? 0o600) & 0o777);
    // Only root can give a file away; for others it is theirs already or stays so.
    if (Deno.uid() === 0) await Deno.chown(to, uid, gid);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.chmod(to, 0o600);
  }
}

function isDenoError(error: unknown): boolean {
  return Object.values(Deno.errors).some((kind) => error instanceof kind);
}
