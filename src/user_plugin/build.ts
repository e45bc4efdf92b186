/**
 * Makes one JavaScript file of a plugin.
 *
 * @module
 */
import { join } from "node:path";
import type { Env } from "../config/paths.ts";
import { FerryError } from "../errors.ts";
import { writeFile } from "../file/write_file.ts";
import { collect } from "./collect.ts";
import { importPlugin } from "./import_plugin.ts";
import { findOnPath } from "./path_program.ts";
import { prepare, sha256 } from "./stage.ts";

/** A plugin that was built. */
export interface Built {
  /** The file. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** sha256, for `plugin add --sha256`. */
  readonly sha256: string;
}

/** Imports of files beside and of packages, as they are usually written. */
const IMPORTS_OTHERS = /\b(?:from|import)\s*\(?\s*["'](?!node:|ferry\/plugin["'])/;

/**
 * Writes the plugin at `path` to the file `output`. A plugin of one module has its types stripped. Several modules, and
 * packages, are for a bundler: esbuild, where it is on the PATH.
 *
 * @throws {FerryError} UNSUPPORTED without a bundler where one is needed, PLUGIN_INVALID, IO
 */
export async function buildPlugin(path: string, output: string, env: Env): Promise<Built> {
  const collected = await collect(path);
  const { files } = await prepare(collected);
  const main = new TextDecoder().decode(files.get(collected.entry));
  const text = IMPORTS_OTHERS.test(main) ? await bundled(join(collected.root, collected.entry), env) : main;
  const bytes = new TextEncoder().encode(text);
  // What was built has to load: a name that a bundler did not find shows here.
  const folder = await Deno.makeTempDir({ prefix: "ferry-plugin-" });
  try {
    await Deno.writeFile(join(folder, "plugin.js"), bytes);
    await importPlugin(join(folder, "plugin.js"), path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  await writeFile(output, bytes);
  return { file: output, size: bytes.byteLength, sha256: sha256(bytes) };
}

async function bundled(entry: string, env: Env): Promise<string> {
  const esbuild = await findOnPath("esbuild", env);
  if (esbuild === undefined) {
    throw new FerryError("UNSUPPORTED", `Plugin "${entry}" imports other modules, and esbuild is not on the PATH`, {
      hint: "install esbuild, or add the folder as it is with plugin add: that needs no build",
    });
  }
  const flags = ["--bundle", "--format=esm", "--platform=node", "--target=esnext", "--external:ferry/plugin"];
  const { code, stderr, stdout } = await new Deno.Command(esbuild, {
    args: [entry, ...flags, "--external:node:*", "--log-level=warning"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (code === 0) return new TextDecoder().decode(stdout);
  const words = new TextDecoder().decode(stderr).replace(/\s+/g, " ").trim().slice(0, 500);
  throw new FerryError("PLUGIN_INVALID", `Plugin "${entry}" could not be bundled: ${words}`);
}
