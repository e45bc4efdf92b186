/**
 * Sync: a repository of 200 tags by ferry and by regsync, the first time and again, near and 20 ms away.
 *
 * @module
 */
import { join } from "node:path";
import { startCounting } from "./count.ts";
import { startDelay } from "./delay.ts";
import { type Lab, which } from "./lab.ts";
import { type CommandLine, median, take } from "./measure.ts";
import { digestOfTag, type LocalRegistry } from "./registry.ts";
import { type Row, secondsText } from "./row.ts";
import { seedTags } from "./sync_seed.ts";
import { same } from "./transfer.ts";

/** Tags of the repository. */
export const TAGS = 200;

/** A program that syncs. */
export interface Syncer {
  /** `ferry`, `regsync`. */
  readonly name: string;
  /** What its command lines start with. */
  readonly words: readonly string[];
}

/** The program that is measured, as one that syncs. */
export function ownSyncer(lab: Lab): Syncer {
  return { name: "ferry", words: [lab.ferry.program, "sync"] };
}

function syncers(lab: Lab): readonly Syncer[] {
  const regsync = which("regsync");
  return regsync === undefined ? [ownSyncer(lab)] : [ownSyncer(lab), { name: "regsync", words: [regsync] }];
}

/** A command line that syncs `tags` of one port to `copy` of another. */
export async function syncCommand(
  lab: Lab,
  { name, words }: Syncer,
  [from, to]: readonly [number, number],
  flags: readonly string[] = [],
): Promise<CommandLine> {
  const file = join(lab.folder, `sync-${from}-${to}.yml`);
  await Deno.writeTextFile(
    file,
    JSON.stringify({
      version: 1,
      creds: [from, to].map((port) => ({ registry: `localhost:${port}`, tls: "disabled" })),
      sync: [{ source: `localhost:${from}/tags`, target: `localhost:${to}/copy`, type: "repository" }],
    }),
  );
  const home = join(lab.folder, "home");
  const env = { PATH: "/usr/bin:/bin", HOME: home, DOCKER_CONFIG: home, FERRY_CONFIG: join(home, "none.json") };
  return { words: [...words, "once", "-c", file, ...name === "ferry" ? flags : []], env };
}

async function checkLast(what: string, source: LocalRegistry, target: LocalRegistry): Promise<void> {
  for (const tag of ["t000", `t${TAGS - 1}`]) {
    same(`${what}, ${tag}`, await digestOfTag(target.port, "copy", tag), await digestOfTag(source.port, "tags", tag));
  }
}

/** First runs and second runs, in turns. */
async function race(
  lab: Lab,
  source: LocalRegistry,
  target: LocalRegistry,
  ports: readonly [number, number],
  runs: number,
): Promise<{ readonly first: number[]; readonly again: number[] }> {
  const all = syncers(lab);
  const first = all.map((): number[] => []);
  const again = all.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    for (const at of run % 2 === 0 ? all.keys() : [...all.keys()].reverse()) {
      const one = all[at]!;
      lab.tell(`sync by ${one.name}, run ${run + 1} of ${runs}`);
      await target.empty();
      const words = await syncCommand(lab, one, ports);
      first[at]!.push((await take(words)).seconds);
      await checkLast(`sync by ${one.name}`, source, target);
      again[at]!.push((await take(words)).seconds);
    }
  }
  return { first: first.map(median), again: again.map(median) };
}

function rowOf(what: string, [ours = 0, theirs]: readonly number[], limit: number, aim: number): Row {
  return {
    what,
    ours: secondsText(ours),
    peer: theirs === undefined ? undefined : `${secondsText(theirs)} regsync`,
    figure: theirs === undefined ? undefined : ours / theirs,
    limit,
    aim,
  };
}

/** 200 tags between registries of this machine. */
export async function syncNear(lab: Lab): Promise<Row[]> {
  await using source = await lab.registry();
  await using target = await lab.registry();
  await seedTags(await lab.layout("tags200"), source.port, "tags");
  const { first, again } = await race(lab, source, target, [source.port, target.port], 3);
  return [rowOf("sync-first: 200 tags", first, 1, 0.7), rowOf("sync-again: 200 tags, nothing to do", again, 1, 0.7)];
}

/** The same with both registries 20 ms away. */
export async function syncDistant(lab: Lab): Promise<Row[]> {
  await using source = await lab.registry();
  await using target = await lab.registry();
  await seedTags(await lab.layout("tags200"), source.port, "tags");
  const [near, far] = [await startDelay(source.port, 10), await startDelay(target.port, 10)];
  try {
    const { first, again } = await race(lab, source, target, [near.port, far.port], 1);
    return [
      rowOf("sync-distant: 200 tags, 20 ms away, first", first, 0.25, 0.12),
      rowOf("sync-distant: 200 tags, 20 ms away, again", again, 0.25, 0.12),
    ];
  } finally {
    await near.stop();
    await far.stop();
  }
}

/** Requests of a second run that has nothing to do. */
export async function syncRequests(lab: Lab): Promise<Row[]> {
  await using source = await lab.registry();
  await using target = await lab.registry();
  await seedTags(await lab.layout("tags200"), source.port, "tags");
  const [near, far] = [startCounting(source.port), startCounting(target.port)];
  try {
    const again = async (one: Syncer, flags: readonly string[]) => {
      const words = await syncCommand(lab, one, [near.port, far.port], flags);
      await take(words);
      near.take();
      far.take();
      await take(words);
      return near.take().length + far.take().length;
    };
    const [ferry, regsync] = syncers(lab);
    const theirs = regsync === undefined ? undefined : `${await again(regsync, [])} regsync`;
    const plain = await again(ferry!, []);
    const state = await again(ferry!, ["--state", join(lab.folder, "sync.state")]);
    const row = (what: string, count: number, limit: number): Row => ({
      what,
      ours: String(count),
      peer: theirs,
      figure: count,
      limit,
    });
    return [
      row("sync-requests: 200 tags, nothing to do", plain, 2 * TAGS + 1),
      row("sync-requests: the same with a state", state, TAGS + 1),
    ];
  } finally {
    near.stop();
    far.stop();
  }
}
