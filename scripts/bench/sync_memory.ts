/**
 * Memory of a sync: the most that a run over 10,000 tags takes, against one over 200. Tags must cost next to nothing.
 *
 * @module
 */
import { join } from "node:path";
import type { Lab } from "./lab.ts";
import { type CommandLine, median, take } from "./measure.ts";
import { ownRegistry } from "./registry.ts";
import type { Row } from "./row.ts";
import { ownSyncer, syncCommand, TAGS } from "./sync.ts";
import { serveTags } from "./sync_seed.ts";

const MANY = 10_000;

/** A second run, with nothing to do; both sides are folders that `ferry serve` serves. */
export async function syncMemory(lab: Lab): Promise<Row[]> {
  await using server = await lab.registry(ownRegistry(lab.ferry.program));
  const words = await syncCommand(lab, ownSyncer(lab), [server.port, server.port]);
  return await compare(lab, "sync-memory", "nothing to do", async (count) => {
    for (const name of ["tags", "copy"]) {
      await serveTags(await lab.layout("tags200"), join(server.storage, name), count);
    }
    return await peakOf(words, 3);
  });
}

/** A first run, from `ferry serve` to docker-registry. */
export async function syncMemoryFirst(lab: Lab): Promise<Row[]> {
  await using source = await lab.registry(ownRegistry(lab.ferry.program));
  await using target = await lab.registry();
  const words = await syncCommand(lab, ownSyncer(lab), [source.port, target.port]);
  return await compare(lab, "sync-memory-first", "nothing there", async (count) => {
    await serveTags(await lab.layout("tags200"), join(source.storage, "tags"), count);
    await target.empty();
    return await peakOf(words, 1);
  });
}

async function peakOf(words: CommandLine, runs: number): Promise<number> {
  const peaks: number[] = [];
  for (let run = 0; run < runs; run++) peaks.push((await take(words, true)).peak);
  return median(peaks);
}

async function compare(
  lab: Lab,
  name: string,
  what: string,
  measure: (tags: number) => Promise<number>,
): Promise<Row[]> {
  const peaks: number[] = [];
  for (const count of [TAGS, MANY]) {
    lab.tell(`${name}: ${count} tags`);
    peaks.push(await measure(count));
  }
  const [small = 0, large = 0] = peaks;
  const mib = (value: number) => `${value.toFixed(0)} MiB`;
  return [
    {
      what: `${name}: 10,000 tags, ${what}`,
      ours: mib(large),
      peer: `${mib(small)} for ${TAGS}`,
      figure: large / small,
      limit: 1.3,
    },
    { what: `${name} in MiB`, ours: mib(large), peer: undefined, figure: large, limit: 160 },
  ];
}
