/**
 * Manifests that `ferry serve` gives in a second, beside another registry.
 *
 * @module
 */
import { type Lab, which } from "./lab.ts";
import { median } from "./measure.ts";
import { DOCKER_REGISTRY, type LocalRegistry, OLAREG, ownRegistry } from "./registry.ts";
import type { Row } from "./row.ts";
import { seed } from "./seed.ts";

const RUNS = 3;
const SECONDS = 4;

/** Asks for one manifest by its tag over 32 connections. */
export async function serveManifest(lab: Lab): Promise<Row[]> {
  const row = { what: "serve: manifests by tag, requests/s", limit: 0.8, aim: 1.2, most: true };
  if (which("wrk") === undefined) {
    return [{ ...row, ours: "-", peer: undefined, figure: undefined, missing: "wrk" }];
  }
  const kind = [OLAREG, DOCKER_REGISTRY].find(({ name }) => which(name) !== undefined);
  const layout = await lab.layout("multi");
  await using own = await lab.registry(ownRegistry(lab.ferry.program));
  await using peer = kind === undefined ? undefined : await lab.registry(kind);
  const registries = [own, ...(peer === undefined ? [] : [peer])];
  const rates = registries.map((): number[] => []);
  for (const registry of registries) {
    await seed(layout, registry.port, "multi");
    await load(registry, 1);
  }
  for (let run = 0; run < RUNS; run++) {
    for (const [at, registry] of registries.entries()) {
      lab.tell(`serve-manifest, run ${run + 1}`);
      rates[at]!.push(await load(registry, SECONDS));
    }
  }
  const [ours = 0, theirs] = rates.map(median);
  return [{
    ...row,
    ours: ours.toFixed(0),
    peer: theirs === undefined ? undefined : `${theirs.toFixed(0)} ${kind!.name}`,
    figure: theirs === undefined ? undefined : ours / theirs,
    missing: `${OLAREG.name} or ${DOCKER_REGISTRY.name}`,
  }];
}

/** Requests a second. */
async function load({ port }: LocalRegistry, seconds: number): Promise<number> {
  const url = `http://127.0.0.1:${port}/v2/multi/manifests/latest`;
  const accept = "accept: application/vnd.oci.image.index.v1+json";
  const { stdout, success } = await new Deno.Command("wrk", {
    args: ["-t2", "-c32", `-d${seconds}s`, "-H", accept, url],
    stdin: "null",
    stderr: "inherit",
  }).output();
  const text = new TextDecoder().decode(stdout);
  const rate = /^Requests\/sec:\s+([\d.]+)/m.exec(text)?.[1];
  if (!success || rate === undefined || /Non-2xx|Socket errors/.test(text)) throw new Error(`wrk at ${url}:\n${text}`);
  return Number(rate);
}
