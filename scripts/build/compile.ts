/**
 * Makes one program of a bundle and a runtime.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { API_CHUNK } from "./bundle.ts";
import { run } from "./command.ts";
import type { Runtime } from "./runtime.ts";

/** A program holds the times of its modules: they are all the same, so that the same sources make the same bytes. */
const MODIFIED = new Date(0);

/** Compiles the module `main` of the folder `bundle` to the program `output`. Nothing else of the project goes in. */
export async function compile(bundle: string, main: string, output: string, runtime: Runtime): Promise<void> {
  // With a configuration of its own the folder takes neither settings nor packages from the folders above it.
  const hasApi = await Deno.stat(join(bundle, API_CHUNK)).then(() => true, () => false);
  const imports = hasApi ? { "ferry/plugin": `./${API_CHUNK}` } : {};
  await Deno.writeTextFile(join(bundle, "deno.json"), `${JSON.stringify({ imports })}\n`);
  await Deno.mkdir(dirname(output), { recursive: true });
  for await (const { name } of Deno.readDir(bundle)) await Deno.utime(join(bundle, name), MODIFIED, MODIFIED);
  const flags = [
    "--target",
    runtime.target,
    "--quiet",
    "--no-check",
    // A code cache would be written to the temporary folder at the first run, and saves nothing here.
    "--no-code-cache",
    "--no-lock",
    "--allow-all",
    // Nobody is asked for rights in the middle of a command: what a confined plugin may not do is refused.
    "--no-prompt",
    // Plugins of users may be run with fewer rights.
    "--unstable-worker-options",
    // Files that modules import as bytes.
    "--unstable-raw-imports",
    ...(hasApi ? ["--include", API_CHUNK] : []),
    // A server answers two to three times as many requests with the last optimizing compiler; the one before it adds nothing to that.
    // What moves bytes gains nothing from either: compiled one function after the other, they take little memory in a long copy.
    // What outlives its request is collected before the heap is three times its size: that costs no time worth measuring.
    "--v8-flags=--no-maglev,--no-concurrent-recompilation,--max-semi-space-size=2,--heap-growing-percent=60",
  ];
  await run(Deno.execPath(), ["compile", ...flags, "--output", resolve(output), main], {
    cwd: bundle,
    env: {
      DENO_NO_UPDATE_CHECK: "1",
      RUST_BACKTRACE: "0",
      DENORT_BIN: runtime.file === undefined ? undefined : resolve(runtime.file),
    },
  });
}
