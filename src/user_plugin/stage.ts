/**
 * Writes a plugin's files so that they can be loaded: without types, under their own names.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { ioError } from "../file/write_file.ts";
import type { Collected } from "./collect.ts";
import type { StagedPlugin } from "./types.ts";

/** Strips types, and tells digests. */
export async function prepare(collected: Collected): Promise<StagedPlugin> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const digests: Record<string, string> = {};
  const whole = createHash("sha256");
  for (const [path, bytes] of [...collected.files].sort(([a], [b]) => a < b ? -1 : 1)) {
    const content = await withoutTypes(path, bytes);
    files.set(path, content);
    digests[path] = sha256(content);
    whole.update(`${path}\n${digests[path]}\n`);
  }
  return { files, digests, digest: whole.digest("hex") };
}

/**
 * Writes files to a folder, which is made where it does not exist.
 *
 * @throws {FerryError} IO
 */
export async function writeAll(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  options: Deno.MkdirOptions = {},
): Promise<void> {
  try {
    await Deno.mkdir(folder, { ...options, recursive: true });
    for (const [path, bytes] of files) {
      const file = join(folder, path);
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeFile(file, bytes);
    }
  } catch (cause) {
    throw ioError(folder, cause);
  }
}

/** sha256, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function withoutTypes(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (!/\.m?ts$/.test(path) || /\.d\.m?ts$/.test(path)) return bytes;
  const { stripTypes } = await import("./strip.ts");
  return new TextEncoder().encode(stripTypes(new TextDecoder().decode(bytes), path));
}
