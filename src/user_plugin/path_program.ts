/**
 * Programs on the PATH that stand for nouns: `ferry-NOUN`, as git has it.
 *
 * @module
 */
import { basename, delimiter, isAbsolute, join } from "node:path";
import type { Env } from "../config/paths.ts";
import type { FoundProgram } from "./types.ts";

const PREFIX = "ferry-";
const NOUN = /^[a-z0-9][a-z0-9-]*$/;

/** The program for a noun; undefined where there is none. */
export async function findProgram(noun: string, env: Env): Promise<string | undefined> {
  return NOUN.test(noun) ? await findOnPath(`${PREFIX}${noun}`, env) : undefined;
}

/** The program of a name; undefined where there is none. */
export async function findOnPath(name: string, env: Env): Promise<string | undefined> {
  for (const folder of folders(env)) {
    for (const ending of endings(env)) {
      const path = join(folder, `${name}${ending}`);
      if (await isProgram(path)) return path;
    }
  }
  return undefined;
}

/** All such programs, the first of each noun. */
export async function findPrograms(env: Env): Promise<readonly FoundProgram[]> {
  const found = new Map<string, FoundProgram>();
  for (const folder of folders(env)) {
    for (const name of await namesIn(folder)) {
      const noun = basename(name).slice(PREFIX.length).replace(/\.(exe|cmd|bat|com)$/i, "");
      if (!NOUN.test(noun) || found.has(noun) || !await isProgram(join(folder, name))) continue;
      found.set(noun, { noun, path: join(folder, name) });
    }
  }
  return [...found.values()].sort((a, b) => a.noun < b.noun ? -1 : 1);
}

/** Folders of the PATH; an empty one and others that depend on the working folder do not count. */
function folders(env: Env): string[] {
  return (env("PATH") ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
}

function endings(env: Env): readonly string[] {
  return Deno.build.os === "windows" ? (env("PATHEXT") ?? ".EXE;.CMD;.BAT").split(";") : [""];
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (name.startsWith(PREFIX)) names.push(name);
  } catch {
    return []; // A folder of the PATH need not exist.
  }
  return names.sort();
}

async function isProgram(path: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && (mode === null || (mode & 0o111) !== 0);
  } catch {
    return false;
  }
}
