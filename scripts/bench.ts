/**
 * Measures the built program against limits, regctl and other registries: `deno task bench [--binary FILE] [NAME ...]`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { botLoop, botScan, botStart } from "./bench/bot.ts";
import { exportImage } from "./bench/export.ts";
import { bundle } from "./bench/bundle.ts";
import { Lab, which } from "./bench/lab.ts";
import { memory } from "./bench/memory.ts";
import { mod, modMemory } from "./bench/mod.ts";
import { requests } from "./bench/requests.ts";
import { HEAD, type Row, rowText } from "./bench/row.ts";
import { serveManifest } from "./bench/serve_manifest.ts";
import { serveMemory, serveStart } from "./bench/serve_process.ts";
import { servePull, servePush } from "./bench/serve_transfer.ts";
import { startup } from "./bench/startup.ts";
import { syncDistant, syncNear, syncRequests } from "./bench/sync.ts";
import { syncMemory, syncMemoryFirst } from "./bench/sync_memory.ts";
import { templates } from "./bench/templates.ts";
import { big, distant, layout, links } from "./bench/transfer.ts";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

const BENCHES: Readonly<Record<string, (lab: Lab) => Promise<Row[]>>> = {
  startup,
  big,
  layout,
  distant,
  links,
  memory,
  requests,
  templates,
  "bot-start": botStart,
  "bot-scan": botScan,
  "bot-loop": botLoop,
  "sync-near": syncNear,
  "sync-distant": syncDistant,
  "sync-requests": syncRequests,
  "sync-memory": syncMemory,
  "sync-memory-first": syncMemoryFirst,
  export: exportImage,
  bundle,
  mod,
  "mod-memory": modMemory,
  "serve-push": servePush,
  "serve-pull": servePull,
  "serve-manifest": serveManifest,
  "serve-memory": serveMemory,
  "serve-start": serveStart,
};

/** Benches that need no other registry; those of `serve` say themselves what they miss. */
const WITHOUT_REGISTRY = ["bot-start", "bot-loop", "startup", "links", "templates", "export", "mod", "mod-memory"];

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { binary: { type: "string", default: join(DIST, "ferry") } },
  });
  const binary = resolve(values.binary);
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  for (const name of names) {
    if (!(name in BENCHES)) fail(`No bench is named "${name}": ${Object.keys(BENCHES).join(", ")}`);
  }
  if (!await Deno.stat(binary).then((info) => info.isFile, () => false)) fail(`${binary} is missing: deno task build`);
  const status = Deno.stderr.isTerminal();
  const encoder = new TextEncoder();
  const tell = (line: string) => void (status && Deno.stderr.writeSync(encoder.encode(`\r\x1b[K${line}`)));
  const registry = which("docker-registry") !== undefined;
  await using lab = await Lab.open(DIST, binary, tell);
  console.log(HEAD);
  for (const name of names) {
    if (!registry && !WITHOUT_REGISTRY.includes(name) && !name.startsWith("serve-")) {
      console.log(`${name}: skipped, docker-registry is not installed`);
      continue;
    }
    const rows = await BENCHES[name]!(lab);
    tell("");
    for (const row of rows) console.log(rowText(row));
  }
}

function fail(message: string): never {
  console.error(message);
  Deno.exit(2);
}
