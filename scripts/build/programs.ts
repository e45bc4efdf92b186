/**
 * Builds the program for one or several kinds of machines out of one bundle.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { bundle } from "./bundle.ts";
import { compile } from "./compile.ts";
import type { BundledPackage } from "./packages.ts";
import { findRuntime, localSources, type Runtime } from "./runtime.ts";
import { stamp } from "./stamp.ts";
import type { Target } from "./targets.ts";

/** What to build. */
export interface ProgramOptions {
  /** Folder of the project. */
  readonly root: string;
  /** Folder for the bundle, emptied first. */
  readonly bundleDir: string;
  /** Kinds of machines. */
  readonly targets: readonly Target[];
  /** Refuse a runtime that is not Deno's own. */
  readonly release: boolean;
  /** Where the program for a target goes. */
  readonly output: (target: Target) => string;
}

/** A program that was built. */
export interface Program {
  /** What it runs on. */
  readonly target: Target;
  /** The file. */
  readonly file: string;
  /** Its bytes. */
  readonly size: number;
  /** The runtime in it. */
  readonly runtime: Runtime;
}

/** What came of a build. */
export interface Build {
  /** Version, commit, state and date, by the names that `src/version.ts` declares. */
  readonly texts: Readonly<Record<string, string>>;
  /** Packages of npm in the programs. */
  readonly packages: readonly BundledPackage[];
  /** Programs, in the order of the targets. */
  readonly programs: readonly Program[];
  /** Targets that no program could be built for, and why. */
  readonly missing: readonly { readonly target: Target; readonly why: string }[];
}

/** Builds; tells what it does line by line. What cannot be built for one target does not keep it from the others. */
export async function buildPrograms(options: ProgramOptions, tell: (line: string) => void): Promise<Build> {
  const { root, bundleDir } = options;
  const texts = await stamp(root);
  const api = join(root, "src", "mod.ts");
  const { chunks, packages } = await bundle({ root, entry: join(root, "main.ts"), api, outDir: bundleDir, texts });
  const size = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
  tell(`bundle   ${chunks.length} chunks, ${kib(size)}`);
  const programs: Program[] = [];
  const missing: { target: Target; why: string }[] = [];
  for (const target of options.targets) {
    try {
      programs.push(await buildOne(options, target, tell));
    } catch (error) {
      missing.push({ target, why: error instanceof Error ? error.message : String(error) });
    }
  }
  tell(`version  ${`${texts.FERRY_VERSION} ${texts.FERRY_COMMIT} ${texts.FERRY_STATE}`.trim()}`);
  return { texts, packages, programs, missing };
}

async function buildOne(options: ProgramOptions, target: Target, tell: (line: string) => void): Promise<Program> {
  const runtime = await findRuntime(localSources(tell, target.triple), options.release);
  tell(`runtime  ${runtime.origin}`);
  const file = options.output(target);
  await Deno.mkdir(dirname(file), { recursive: true });
  await compile(options.bundleDir, "main.mjs", file, runtime);
  const { size } = await Deno.stat(file);
  const base = runtime.file === undefined ? undefined : (await Deno.stat(runtime.file)).size;
  // On Windows a runtime out of a package still has that package's program in it, which is replaced.
  const over = base === undefined || base > size ? "" : `, ${kib(size - base)} over the runtime`;
  tell(`program  ${target.name}, ${(size / 1e6).toFixed(1)} MB${over}`);
  return { target, file, size, runtime };
}

function kib(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}
