/**
 * The files of a plugin: a file with what it imports, or a folder.
 *
 * @module
 */
import { basename, dirname, join, relative, resolve } from "node:path";
import { FerryError } from "../errors.ts";

/** Files of a plugin, as they are. */
export interface Collected {
  /** Where they are from: an absolute path or an address. */
  readonly source: string;
  /** Folder that their paths start from; "" where they are from elsewhere. */
  readonly root: string;
  /** The main module among them. */
  readonly entry: string;
  /** Content by path, with `/`. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** Most that a plugin may have. */
const FILES_MOST = 2000;
const BYTES_MOST = 32 * 1024 * 1024;
/** Files that a folder's main module may be, where nothing else says. */
const ENTRIES = ["mod.ts", "mod.js", "mod.mjs", "index.ts", "index.js", "index.mjs"];
/** Imports of files beside, as they are usually written; the text of comments may match as well. */
const IMPORT = /\b(?:from|import)\s*\(?\s*(["'])(\.\.?\/[^"'\n]+)\1/g;
const MODULE = /\.m?[jt]s$/;

/**
 * Reads the files of the plugin at a path.
 *
 * @throws {FerryError} PLUGIN_INVALID, IO
 */
export async function collect(path: string): Promise<Collected> {
  const source = await Deno.realPath(path).catch((cause) => {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${path}" does not exist`, { cause });
  });
  const { isDirectory } = await Deno.stat(source);
  return isDirectory ? await collectFolder(source) : await collectFile(source);
}

async function collectFile(source: string): Promise<Collected> {
  if (!MODULE.test(source)) {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${source}" is no file with .ts, .js, .mts or .mjs at its end`);
  }
  const root = dirname(source);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const next = [source];
  while (next.length > 0) {
    const file = next.pop()!;
    const name = nameIn(root, file);
    // A link or a hidden file may be anything of the person's, which whoever wrote the plugin only guessed the name of.
    if (
      name === undefined || /(^|\/)\./.test(name) ||
      nameIn(await Deno.realPath(root), await Deno.realPath(file)) !== name
    ) {
      throw new FerryError(
        "PLUGIN_INVALID",
        `Plugin "${source}" imports "${file}", which is not below its folder, hidden or a link`,
        { hint: "put all of it into one folder and add that" },
      );
    }
    if (files.has(name)) continue;
    const bytes = await Deno.readFile(file);
    add(files, name, bytes, source);
    if (MODULE.test(file)) next.push(...await importsOf(new TextDecoder().decode(bytes), dirname(file)));
  }
  return { source, root, entry: basename(source), files };
}

/** Files that a module imports and that there are: what is missing shows when it is loaded. */
async function importsOf(text: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const [, , specifier] of text.matchAll(IMPORT)) {
    const file = resolve(folder, specifier!);
    if (await isFile(file)) found.push(file);
  }
  return found;
}

async function collectFolder(source: string): Promise<Collected> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  await collectBelow(source, "", files, source);
  return { source, root: source, entry: entryOf(source, files), files };
}

async function collectBelow(
  root: string,
  below: string,
  files: Map<string, Uint8Array<ArrayBuffer>>,
  source: string,
): Promise<void> {
  for await (const { isDirectory, isFile, name } of Deno.readDir(join(root, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (name.startsWith(".") || name === "node_modules") continue;
    if (isDirectory) await collectBelow(root, path, files, source);
    else if (isFile && !/[._]test\.m?[jt]s$/.test(name)) {
      add(files, path, await Deno.readFile(join(root, path)), source);
    }
  }
}

function add(
  files: Map<string, Uint8Array<ArrayBuffer>>,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  source: string,
): void {
  files.set(name, bytes);
  const size = [...files.values()].reduce((sum, one) => sum + one.byteLength, 0);
  if (files.size > FILES_MOST || size > BYTES_MOST) {
    throw new FerryError(
      "PLUGIN_INVALID",
      `Plugin "${source}" is too large: more than ${FILES_MOST} files or ${BYTES_MOST >> 20} MiB`,
      { hint: "add a folder that holds the plugin alone" },
    );
  }
}

/** The main module: what deno.json or package.json say, else the usual names. */
function entryOf(source: string, files: ReadonlyMap<string, Uint8Array>): string {
  for (const [file, keys] of [["deno.json", ["exports"]], ["package.json", ["exports", "module", "main"]]] as const) {
    const named = keys.map((key) => textOf(files.get(file), key)).find((one) => one !== undefined);
    if (named === undefined) continue;
    const entry = nameIn(source, resolve(source, named));
    if (entry !== undefined && files.has(entry)) return entry;
    throw new FerryError("PLUGIN_INVALID", `Plugin "${source}" has no file "${named}", which its ${file} names`);
  }
  const found = ENTRIES.find((name) => files.has(name));
  if (found !== undefined) return found;
  throw new FerryError("PLUGIN_INVALID", `Plugin "${source}" has no main module`, {
    hint: `name it mod.ts, or name it under "exports" in a deno.json`,
  });
}

function textOf(json: Uint8Array | undefined, key: string): string | undefined {
  if (json === undefined) return undefined;
  try {
    const value = JSON.parse(new TextDecoder().decode(json))?.[key];
    const main = typeof value === "object" && value !== null ? value["."] : value;
    return typeof main === "string" ? main : undefined;
  } catch {
    return undefined;
  }
}

function nameIn(root: string, file: string): string | undefined {
  const name = relative(root, file).replaceAll("\\", "/");
  return name === "" || name.startsWith("../") || resolve(root, name) !== resolve(file) ? undefined : name;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
