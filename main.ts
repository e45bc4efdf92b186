/**
 * The program: hands the process and the built-in plugins to the command line. What the binary is built from.
 *
 * @module
 */
import { plugins } from "./plugins/mod.ts";
import { currentProcess } from "./src/cli/process.ts";
import { runCli } from "./src/cli/run.ts";
import { builtInServices } from "./src/cli/services.ts";

// The runtime reads this with its first connection over TLS: what the system trusts is trusted here as well, as people expect it.
if (Deno.env.get("DENO_TLS_CA_STORE") === undefined) Deno.env.set("DENO_TLS_CA_STORE", "system,mozilla");

Deno.exit(await runCli({ ...currentProcess(), plugins, services: builtInServices() }));
