/**
 * Builds the program for this machine: `deno task build [--release] [--output FILE]`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundle } from "./build/bundle.ts";
import { compile } from "./build/compile.ts";
import { findRuntime, localSources } from "./build/runtime.ts";
import { stamp } from "./build/stamp.ts";

/** What to build. */
export interface BuildOptions {
  /** Refuse a runtime that is not Deno's own. */
  readonly release: boolean;
  /** The program's main module. */
  readonly entry: string;
  /** The program. */
  readonly output: string;
  /** Folder for the bundle. */
  readonly bundleDir: string;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Builds; tells what it does line by line. */
export async function build(options: BuildOptions, tell: (line: string) => void): Promise<void> {
  const runtime = await findRuntime(localSources(tell), options.release);
  tell(`runtime  ${runtime.origin}`);
  const texts = await stamp(ROOT);
  const chunks = await bundle({ root: ROOT, entry: options.entry, outDir: options.bundleDir, texts });
  const size = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
  tell(`bundle   ${chunks.length} chunks, ${Math.ceil(size / 1024)} KiB`);
  await compile(options.bundleDir, "main.mjs", options.output, runtime);
  const { size: bytes } = await Deno.stat(options.output);
  tell(
    `program  ${options.output}, ${(bytes / 1e6).toFixed(1)} MB, ${texts.FERRY_VERSION} ${texts.FERRY_COMMIT}`
      .trimEnd(),
  );
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      release: { type: "boolean", default: false },
      output: { type: "string", default: join(ROOT, "dist", "ferry") },
    },
  });
  const dist = join(ROOT, "dist");
  try {
    await build({
      release: values.release,
      entry: join(ROOT, "main.ts"),
      output: resolve(values.output),
      bundleDir: join(dist, "bundle"),
    }, (line) => console.log(line));
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
