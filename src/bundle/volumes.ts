/**
 * The files that a bundle is in: one, or volumes FILE.001, FILE.002 and so on, and the list of their checksums beside them.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { inPool } from "../copy/pool.ts";
import { FerryError } from "../errors.ts";
import { HashFailure, HashThreads } from "../file/hash_threads.ts";
import { fileBytes } from "../file/read_file.ts";
import { DigestVerifier } from "../oci/digest.ts";

/** One of the files. */
export interface Volume {
  /** Its path. */
  readonly path: string;
  /** sha256 that it must have, hexadecimal; undefined where no list says it. */
  readonly sha256: string | undefined;
  /** Bytes; undefined where it is not there. */
  readonly size: number | undefined;
}

/** The files of a bundle. */
export interface Volumes {
  /** Name of the bundle: the path without the number of a volume. */
  readonly path: string;
  /** The files in order, also those that are not there. */
  readonly volumes: readonly Volume[];
  /** Path of the list of checksums, where there is one. */
  readonly list: string | undefined;
}

/** Most bytes of a list that are read. */
const LIST_MAX_BYTES = 1 << 20;
/** Most volumes that a directory is believed to hold. */
const VOLUMES_MOST = 100_000;
/** Volumes that are read at a time. */
const VOLUMES_AT_ONCE = 4;
const NUMBERED = /^(.*)\.(\d{3,})$/s;

/** Path of the list of checksums. */
export function listPath(path: string): string {
  return `${path}.sha256`;
}

/** Path of a volume, counted from 1. */
export function volumePath(path: string, number: number): string {
  return `${path}.${String(number).padStart(3, "0")}`;
}

/**
 * Finds the files of a bundle by its name, or that of one of its volumes. Volumes that must be there and are not are among them.
 *
 * @throws {FerryError} NOT_FOUND where there is nothing of that name, IO, ARCHIVE_INVALID where the list is none
 */
export async function findVolumes(given: string): Promise<Volumes> {
  const path = await bundlePath(given);
  const list = await readList(path);
  if (list !== undefined) {
    const volumes = await Promise.all(list.map(async ({ end, sha256 }): Promise<Volume> => {
      const file = `${path}${end}`;
      return { path: file, sha256, size: await sizeOf(file) };
    }));
    return { path, volumes, list: listPath(path) };
  }
  const whole = await sizeOf(path);
  if (whole !== undefined) return { path, volumes: [{ path, sha256: undefined, size: whole }], list: undefined };
  const last = await lastNumber(path);
  if (last === 0) {
    throw new FerryError("NOT_FOUND", `Bundle "${given}" does not exist`, { hint: "check its path" });
  }
  const volumes: Volume[] = [];
  for (let number = 1; number <= last; number++) {
    const file = volumePath(path, number);
    volumes.push({ path: file, sha256: undefined, size: await sizeOf(file) });
  }
  return { path, volumes, list: undefined };
}

/** A volume's name means the whole, unless it is a bundle by itself. */
async function bundlePath(given: string): Promise<string> {
  const base = NUMBERED.exec(given)?.[1];
  if (base === undefined || await sizeOf(listPath(given)) !== undefined) return given;
  return await sizeOf(listPath(base)) !== undefined || await sizeOf(volumePath(base, 1)) !== undefined ? base : given;
}

async function readList(path: string): Promise<{ readonly end: string; readonly sha256: string }[] | undefined> {
  const file = listPath(path);
  const size = await sizeOf(file);
  if (size === undefined) return undefined;
  if (size > LIST_MAX_BYTES) throw badList(file, `it has ${size} bytes`);
  const text = await Deno.readTextFile(file).catch((cause) => Promise.reject(cannotRead(file, cause)));
  const lines = text.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "" && !line.startsWith("#"));
  const entries = lines.map((line) => {
    const [, sha256, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined) throw badList(file, "a line is no checksum and name");
    return { sha256, number: NUMBERED.exec(name)?.[2], name };
  });
  const [only] = entries;
  if (only === undefined) throw badList(file, "it is empty");
  if (entries.length === 1 && (only.number === undefined || only.name === basename(path))) {
    return [{ end: "", sha256: only.sha256 }];
  }
  return entries.map(({ number, sha256 }, at) => {
    if (Number(number) !== at + 1) throw badList(file, "its volumes do not follow each other");
    return { end: volumePath("", at + 1), sha256 };
  });
}

function badList(file: string, why: string): FerryError {
  return new FerryError("ARCHIVE_INVALID", `List of checksums "${file}" is not valid: ${why}`, {
    hint: "copy it again, or take it away to do without",
  });
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const info = await Deno.stat(path);
    return info.isDirectory ? undefined : info.size;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return undefined;
    throw cannotRead(path, cause);
  }
}

/** Highest number of a volume that is there, 0 where there is none. */
async function lastNumber(path: string): Promise<number> {
  const prefix = `${basename(path)}.`;
  let last = 0;
  try {
    for await (const { name } of Deno.readDir(dirname(path))) {
      const number = name.startsWith(prefix) ? name.slice(prefix.length) : "";
      if (/^\d{3,}$/.test(number)) last = Math.max(last, Number(number));
    }
  } catch {
    return 0;
  }
  return last <= VOLUMES_MOST ? last : 0;
}

/** Paths of volumes that must be there and are not. */
export function missingVolumes({ volumes }: Volumes): readonly string[] {
  return volumes.filter(({ size }) => size === undefined).map(({ path }) => path);
}

/**
 * Fails where a volume is missing.
 *
 * @throws {FerryError} NOT_FOUND that names them
 */
export function requireVolumes(volumes: Volumes): void {
  const missing = missingVolumes(volumes);
  if (missing.length === 0) return;
  const names = missing.slice(0, 10).map((path) => `"${basename(path)}"`).join(", ");
  const more = missing.length > 10 ? ` and ${missing.length - 10} more` : "";
  throw new FerryError(
    "NOT_FOUND",
    `Bundle "${volumes.path}" lacks ${missing.length} of ${volumes.volumes.length} volumes: ${names}${more}`,
    { hint: "put them all into one folder" },
  );
}

/** How volumes are read. */
export interface CheckVolumesOptions {
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
  /** Threads to do it with; own ones where they are not given. */
  readonly threads?: HashThreads | undefined;
}

/**
 * Compares the volumes with their checksums; those that no list has are taken as they are.
 *
 * @returns paths of those that are not what the list says
 * @throws {FerryError} IO, and the signal's reason
 */
export async function checkVolumes(
  { volumes }: Volumes,
  { signal, threads }: CheckVolumesOptions = {},
): Promise<readonly string[]> {
  const known = volumes.filter(({ sha256, size }) => sha256 !== undefined && size !== undefined);
  using own = threads === undefined ? HashThreads.worthFor(known.map(({ size }) => size!), { signal }) : undefined;
  const wrong: (string | undefined)[] = [];
  await inPool(known, VOLUMES_AT_ONCE, async ({ path, sha256, size }, at) => {
    signal?.throwIfAborted();
    const hashing = threads ?? own;
    const actual = hashing === undefined || !HashThreads.takes(size!)
      ? await hashOf(path, signal)
      : await hashing.hash({ algorithm: "sha256", from: [{ path, offset: 0, size: size! }] }).catch((cause) => {
        if (cause instanceof HashFailure) throw cannotRead(path, cause);
        throw cause;
      });
    if (actual !== sha256) wrong[at] = path;
  });
  return wrong.filter((path) => path !== undefined);
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const verifier = new DigestVerifier();
  try {
    for await (const piece of fileBytes(path)) {
      signal?.throwIfAborted();
      verifier.update(piece);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw cannotRead(path, cause);
  }
  return verifier.digest().slice("sha256:".length);
}

function cannotRead(path: string, cause: unknown): FerryError {
  return new FerryError("IO", `Could not read "${path}": ${(cause as Error).message}`, { cause });
}
