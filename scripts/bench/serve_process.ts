/**
 * What the process of `ferry serve` takes: memory while it is pushed to, time to start.
 *
 * @module
 */
import { join } from "node:path";
import { type Lab, which } from "./lab.ts";
import { median } from "./measure.ts";
import { untilFirst200 } from "./port.ts";
import { DOCKER_REGISTRY, type LocalRegistry, ownRegistry, type RegistryKind } from "./registry.ts";
import { type Row, secondsText } from "./row.ts";

const MEMORY_RUNS = 3;
const STARTS = 20;

/** Most memory of the server while eight clients push 64 MiB each. */
export async function serveMemory(lab: Lab): Promise<Row[]> {
  const layout = await lab.layout("big");
  const worst = async (kind: RegistryKind) => {
    let most = 0;
    for (let run = 0; run < MEMORY_RUNS; run++) {
      lab.tell(`serve-memory, ${kind.name}, run ${run + 1}`);
      await using registry = await lab.registry(kind);
      await pushAtOnce(registry, layout);
      most = Math.max(most, registry.peak);
    }
    return most;
  };
  const ours = await worst(ownRegistry(lab.ferry.program));
  const theirs = which(DOCKER_REGISTRY.name) === undefined ? undefined : await worst(DOCKER_REGISTRY);
  const mib = (value: number) => `${value.toFixed(0)} MiB`;
  return [{
    what: "serve: peak memory in MiB, 8 pushes of 64 MiB",
    ours: mib(ours),
    peer: theirs === undefined ? undefined : `${mib(theirs)} ${DOCKER_REGISTRY.name}`,
    figure: ours,
    limit: 200,
    aim: 160,
  }];
}

/** Pushes the eight large blobs of a layout at once, as docker does: an upload, one stream of chunks, the digest. */
async function pushAtOnce({ port }: LocalRegistry, layout: string): Promise<void> {
  const folder = join(layout, "blobs", "sha256");
  const large = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => Deno.statSync(join(folder, name)).size > 1024 * 1024);
  const base = `http://127.0.0.1:${port}/v2/memory/blobs/uploads/`;
  const send = async (method: string, url: string, status: number, body: ReadableStream | null = null) => {
    const answer = await fetch(url, { method, body });
    const text = await answer.text();
    if (answer.status !== status) throw new Error(`${method} ${url} gave ${answer.status}: ${text}`);
    return new URL(answer.headers.get("location") ?? "", base);
  };
  await Promise.all(large.map(async (name) => {
    const upload = await send("POST", base, 202);
    const end = await send("PATCH", upload.href, 202, (await Deno.open(join(folder, name))).readable);
    end.searchParams.set("digest", `sha256:${name}`);
    await send("PUT", end.href, 201);
  }));
}

/** Time from the start of the program to its first 200. */
export async function serveStart(lab: Lab): Promise<Row[]> {
  lab.tell("serve-start");
  const kinds = [ownRegistry(lab.ferry.program)];
  if (which(DOCKER_REGISTRY.name) !== undefined) kinds.push(DOCKER_REGISTRY);
  const times = kinds.map((): number[] => []);
  for (let run = -1; run < STARTS; run++) {
    for (const [at, kind] of kinds.entries()) {
      const began = performance.now();
      await using _registry = await lab.registry(kind, untilFirst200);
      if (run >= 0) times[at]!.push(performance.now() - began);
    }
  }
  const [ours = 0, theirs] = times.map(median);
  return [{
    what: "serve: start to the first 200, in ms",
    ours: secondsText(ours / 1000),
    peer: theirs === undefined ? undefined : `${secondsText(theirs / 1000)} ${DOCKER_REGISTRY.name}`,
    figure: ours,
    limit: 120,
    aim: 80,
  }];
}
