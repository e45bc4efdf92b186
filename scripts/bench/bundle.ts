/**
 * Bundles: what making them reads, and the memory that making and pushing one takes.
 *
 * @module
 */
import { join } from "node:path";
import { startCounting } from "./count.ts";
import type { Lab } from "./lab.ts";
import { take } from "./measure.ts";
import { digestOfTag } from "./registry.ts";
import { type Row, secondsText } from "./row.ts";
import { seed } from "./seed.ts";
import { same } from "./transfer.ts";

const IMAGES = 20;

/** Counts reads, then watches memory; BENCH_LAYER=blob4g takes a layer of 4 GiB instead of 1 GiB. */
export async function bundle(lab: Lab): Promise<Row[]> {
  return [...await reads(lab), ...await memory(lab, Deno.env.get("BENCH_LAYER") ?? "blob1g")];
}

async function reads(lab: Lab): Promise<Row[]> {
  await using registry = await lab.registry();
  const layout = await lab.layout("tags200");
  const tags = Array.from({ length: IMAGES }, (_, at) => `t${String(at).padStart(3, "0")}`);
  // Two repositories, so that what they share is not shared by one name alone.
  for (const [at, tag] of tags.entries()) await seed(layout, registry.port, `app${at % 2}`, tag);
  const counting = startCounting(registry.port);
  try {
    const names = tags.map((tag, at) => `localhost:${counting.port}/app${at % 2}:${tag}`);
    const file = join(lab.folder, "all.tar");
    const create = async (...more: string[]) => {
      counting.take();
      await take(await lab.command(lab.ferry, [counting.port], ["bundle", "create", ...more, ...names]));
      return counting.take().filter((line) => /^GET \S+\/blobs\//.test(line));
    };
    const asked = (await create("-o", file)).map((line) => line.split("/blobs/")[1]!);
    await create("-o", join(lab.folder, "same.tar"), "--since", file);
    const kib = (await Deno.stat(join(lab.folder, "same.tar"))).size / 1024;
    const distinct = new Set(asked).size;
    return [
      {
        what: "bundle of 20 images, reads of each blob",
        ours: `${asked.length}`,
        peer: `${distinct} blobs`,
        figure: asked.length / distinct,
        limit: 1,
      },
      { what: "bundle with nothing new, KiB", ours: `${kib.toFixed(0)} KiB`, peer: undefined, figure: kib, limit: 64 },
    ];
  } finally {
    counting.stop();
  }
}

async function memory(lab: Lab, name: string): Promise<Row[]> {
  await using source = await lab.registry();
  await using target = await lab.registry();
  const digest = await seed(await lab.layout(name), source.port, "large");
  await lab.dropLayout(name);
  const file = join(lab.folder, "large.tar");
  const from = `localhost:${source.port}/large:latest`;
  const run = async (...words: string[]) => {
    lab.tell(`bundle ${words[0]}, ${name}`);
    return await take(await lab.command(lab.ferry, [source.port, target.port], ["bundle", ...words]), true);
  };
  const made = await run("create", "-o", file, from);
  const pushed = await run("push", file, "--to", `localhost:${target.port}`);
  same("bundle push", await digestOfTag(target.port, "large", "latest"), digest);
  await Deno.remove(file);
  const row = (what: string, { peak, seconds }: typeof made): Row => ({
    what: `peak memory in MiB, bundle ${what}, ${name}`,
    ours: `${peak.toFixed(0)} MiB`,
    peer: `took ${secondsText(seconds)}`,
    figure: peak,
    limit: 160,
  });
  return [row("create", made), row("push", pushed)];
}
