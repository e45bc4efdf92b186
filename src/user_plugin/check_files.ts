/**
 * Holds the files of an added plugin against the digests that were noted when it was added.
 *
 * @module
 */
import { join } from "node:path";
import { FerryError } from "../errors.ts";
import type { PluginRecord } from "./record.ts";
import { sha256 } from "./stage.ts";

/**
 * Checks every file of a plugin.
 *
 * @throws {FerryError} PLUGIN_CHANGED
 */
export async function checkFiles(folder: string, record: PluginRecord): Promise<void> {
  const root = join(folder, record.folder);
  for (const [path, digest] of Object.entries(record.files)) {
    const bytes = await Deno.readFile(join(root, path)).catch(() => undefined);
    if (bytes !== undefined && sha256(bytes) === digest) continue;
    const what = bytes === undefined ? "is missing" : "was changed since it was added";
    throw new FerryError("PLUGIN_CHANGED", `Plugin "${record.name}" is not loaded: its file "${path}" ${what}`, {
      hint: `look at it, then add it again: plugin add ${record.source}`,
      detail: join(root, path),
    });
  }
}
