/**
 * Builds the program: `deno task build` for this machine as `dist/ferry`, `deno task build --target all` or `--target linux-arm64,...`
 * with everything that belongs to a release in `dist/release`. `--release` takes no runtime but Deno's own.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPrograms } from "./build/programs.ts";
import { ownTarget, parseTargets, programName, type Target } from "./build/targets.ts";
import { writeRelease } from "./release/write.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What to build. */
export interface BuildOptions {
  /** Refuse a runtime that is not Deno's own. */
  readonly release: boolean;
  /** Targets by name, or `all`; none for this machine. */
  readonly targets: readonly string[];
  /** The program for this machine, or the folder of a release. */
  readonly output: string | undefined;
}

/** Builds; tells what it does line by line. */
export async function build(options: BuildOptions, tell: (line: string) => void): Promise<void> {
  const { release } = options;
  const dist = join(ROOT, "dist");
  const output = resolve(options.output ?? join(dist, options.targets.length === 0 ? "ferry" : "release"));
  const own = ownTarget();
  if (options.targets.length === 0) {
    if (own === undefined) throw new Error(`There is no build for ${Deno.build.target}`);
    const built = await withBundle(
      (bundleDir) => buildPrograms({ root: ROOT, bundleDir, targets: [own], release, output: () => output }, tell),
    );
    for (const { why } of built.missing) throw new Error(why);
    tell(`written  ${output}`);
    return;
  }
  const { targets, all } = parseTargets(options.targets);
  const part = `${output}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    const place = (target: Target) => join(part, programName(target));
    const built = await withBundle((bundleDir) =>
      buildPrograms({ root: ROOT, bundleDir, targets, release, output: place }, tell)
    );
    for (const { target, why } of built.missing) tell(`missing  ${target.name}: ${why}`);
    if (built.programs.length === 0) throw new Error("Nothing could be built");
    await writeRelease(ROOT, part, built);
    await Deno.remove(output, { recursive: true }).catch(() => {});
    await Deno.rename(part, output);
    for (const name of [...Deno.readDirSync(output)].map((entry) => entry.name).sort()) {
      tell(`written  ${join(output, name)}`);
    }
    if (built.missing.length > 0 && !all) {
      throw new Error(`Nothing was built for ${built.missing.map(({ target }) => target.name).join(", ")}`);
    }
  } finally {
    await Deno.remove(part, { recursive: true }).catch(() => {});
  }
}

/** Two builds at a time must not share a folder. */
async function withBundle<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "ferry-bundle-" });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      release: { type: "boolean", default: false },
      target: { type: "string", multiple: true, default: [] },
      output: { type: "string" },
    },
  });
  try {
    await build(
      { release: values.release, targets: values.target, output: values.output },
      (line) => console.log(line),
    );
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
