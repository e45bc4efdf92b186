/**
 * Makes one program of a bundle and a runtime.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { run } from "./command.ts";
import type { Runtime } from "./runtime.ts";

/** Compiles the module `main` of the folder `bundle` to the program `output`. Nothing else of the project goes in. */
export async function compile(bundle: string, main: string, output: string, runtime: Runtime): Promise<void> {
  // With a configuration of its own the folder takes neither settings nor packages from the folders above it.
  await Deno.writeTextFile(join(bundle, "deno.json"), "{}\n");
  await Deno.mkdir(dirname(output), { recursive: true });
  const flags = [
    "--quiet",
    "--no-check",
    // A code cache would be written to the temporary folder at the first run, and saves nothing here.
    "--no-code-cache",
    "--no-lock",
    "--allow-all",
    // What moves bytes gains nothing from the optimizing compilers, whose memory would grow with the length of a copy.
    "--v8-flags=--no-opt,--no-maglev,--max-semi-space-size=2",
  ];
  await run(Deno.execPath(), ["compile", ...flags, "--output", resolve(output), main], {
    cwd: bundle,
    env: {
      DENO_NO_UPDATE_CHECK: "1",
      RUST_BACKTRACE: "0",
      ...(runtime.file === undefined ? {} : { DENORT_BIN: resolve(runtime.file) }),
    },
  });
}
