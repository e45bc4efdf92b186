/**
 * The program: hands the process and the built-in plugins to the command line. What the binary is built from.
 *
 * @module
 */
import { plugins } from "./plugins/mod.ts";
import { currentProcess } from "./src/cli/process.ts";
import { runCli } from "./src/cli/run.ts";
import { builtInServices } from "./src/cli/services.ts";

Deno.exit(await runCli({ ...currentProcess(), plugins, services: builtInServices() }));
