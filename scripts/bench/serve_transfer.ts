/**
 * `ferry serve` beside Debian's docker-registry: the same client pushes to both and pulls from both, in turns.
 *
 * @module
 */
import { join } from "node:path";
import { type Lab, which } from "./lab.ts";
import { type Contender, inTurns, take } from "./measure.ts";
import { digestOfTag, DOCKER_REGISTRY, type LocalRegistry, ownRegistry } from "./registry.ts";
import { type Row, secondsText } from "./row.ts";
import { seed } from "./seed.ts";
import { digestInLayout, same } from "./transfer.ts";

/** The limits of both ways. */
const MARKS = { limit: 1.1, aim: 0.9 };

const RUNS = 5;

/** 512 MiB from a layout. */
export function servePush(lab: Lab): Promise<Row[]> {
  return race(lab, "push", async (registry, layout, digest) => ({
    before: () => registry.empty(),
    run: await client(lab, registry, `ocidir://${layout}:latest`, `localhost:${registry.port}/big:latest`),
    after: async () => same("serve-push", await digestOfTag(registry.port, "big", "latest"), digest),
  }));
}

/** 512 MiB to a layout. */
export function servePull(lab: Lab): Promise<Row[]> {
  const out = join(lab.folder, "pulled");
  return race(lab, "pull", async (registry, layout, digest) => {
    await seed(layout, registry.port, "big");
    return {
      before: () => Deno.remove(out, { recursive: true }).catch(() => {}),
      run: await client(lab, registry, `localhost:${registry.port}/big:latest`, `ocidir://${out}:latest`),
      after: async () => same("serve-pull", await digestInLayout(out), digest),
    };
  });
}

/** A copy by regctl where it is there, else by ferry: the client is the same for both. */
async function client(lab: Lab, registry: LocalRegistry, from: string, to: string): Promise<Contender["run"]> {
  const command = await lab.command(lab.regctl ?? lab.ferry, [registry.port], ["image", "copy", from, to]);
  return () => take(command);
}

async function race(
  lab: Lab,
  way: string,
  contend: (registry: LocalRegistry, layout: string, digest: string) => Promise<Contender>,
): Promise<Row[]> {
  const layout = await lab.layout("big");
  const digest = await digestInLayout(layout);
  const hasPeer = which(DOCKER_REGISTRY.name) !== undefined;
  await using own = await lab.registry(ownRegistry(lab.ferry.program));
  await using peer = hasPeer ? await lab.registry(DOCKER_REGISTRY) : undefined;
  const contenders: Contender[] = [];
  for (const registry of [own, peer]) {
    if (registry !== undefined) contenders.push(await contend(registry, layout, digest));
  }
  lab.tell(`serve-${way}`);
  const [ours = 0, theirs] = await inTurns(contenders, RUNS);
  return [{
    what: `serve: ${way} of 512 MiB by ${(lab.regctl ?? lab.ferry).name}`,
    ours: secondsText(ours),
    peer: theirs === undefined ? undefined : `${secondsText(theirs)} ${DOCKER_REGISTRY.name}`,
    figure: theirs === undefined ? undefined : ours / theirs,
    missing: DOCKER_REGISTRY.name,
    ...MARKS,
  }];
}
