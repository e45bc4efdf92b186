/**
 * Changing images: how long it takes to write all layers anew, against regctl, and how much memory a large layer takes.
 *
 * @module
 */
import { join } from "node:path";
import { tarHeader } from "../corpus/tar.ts";
import type { Lab, Tool } from "./lab.ts";
import { inTurns, take } from "./measure.ts";
import { type Row, secondsText } from "./row.ts";
import { same } from "./transfer.ts";

const TIME = "set=2021-02-03T04:05:06Z";
const GIB = 2 ** 30;

/** Every layer of three platforms is written anew. */
export async function mod(lab: Lab): Promise<Row[]> {
  const folder = await lab.layout("multi");
  const out = (tool: Tool) => join(lab.folder, `mod-${tool.name}`);
  const wanted = { diffIds: "" };
  const contenders = await Promise.all(lab.tools.map(async (tool) => {
    const words = [
      "image",
      "mod",
      `ocidir://${folder}:latest`,
      "--create",
      `ocidir://${out(tool)}:latest`,
      "--time",
      TIME,
    ];
    const command = await lab.command(tool, [], words);
    return {
      before: () => Deno.remove(out(tool), { recursive: true }).catch(() => {}),
      run: () => take(command),
      after: async () => {
        const found = await diffIdsIn(out(tool));
        if (wanted.diffIds === "") wanted.diffIds = found;
        same(`times of three platforms by ${tool.name}`, found, wanted.diffIds);
      },
    };
  }));
  lab.tell("mod");
  const [ours = 0, theirs] = await inTurns(contenders, 3);
  return [{
    what: "times of three platforms, nine layers of 8 MiB",
    ours: secondsText(ours),
    peer: theirs === undefined ? undefined : `${secondsText(theirs)} regctl`,
    figure: theirs === undefined ? undefined : ours / theirs,
    missing: "regctl",
    limit: 1.2,
    aim: 0.9,
  }];
}

/** Most memory while a layer of a gibibyte is added, and while it is written anew. `FERRY_BENCH_GIB` says how many instead of one. */
export async function modMemory(lab: Lab): Promise<Row[]> {
  const gibibytes = Number(Deno.env.get("FERRY_BENCH_GIB") ?? 1);
  const archive = join(lab.folder, "mod-large.tar");
  await sparseArchive(archive, gibibytes * GIB);
  const place = `ocidir://${join(lab.folder, "mod-large")}`;
  const ferry = async (...words: string[]) => await take(await lab.command(lab.ferry, [], ["image", ...words]), true);
  await ferry("create", `${place}:empty`, "--platform", "linux/amd64");
  lab.tell(`mod: a layer of ${gibibytes} GiB`);
  const rows: Row[] = [];
  for (
    const [what, from, to, ...flags] of [
      ["added", "empty", "large", "--layer-add", `tar=${archive}`],
      ["written anew", "large", "timed", "--layer-time", TIME],
    ] as const
  ) {
    const { peak } = await ferry("mod", `${place}:${from}`, "--create", to, ...flags);
    rows.push({
      what: `peak memory in MiB, layer of ${gibibytes} GiB ${what}`,
      ours: `${peak.toFixed(0)} MiB`,
      peer: undefined,
      figure: peak,
      limit: 160,
    });
  }
  return rows;
}

/** Digests of the uncompressed layers of all images under the tag `latest` of a layout. */
async function diffIdsIn(layout: string): Promise<string> {
  const read = async (path: string) => JSON.parse(await Deno.readTextFile(join(layout, path)));
  const blob = (digest: string) => read(`blobs/${digest.replace(":", "/")}`);
  const { manifests } = await read("index.json");
  const tagged = manifests.find((entry: { annotations?: Record<string, string> }) =>
    entry.annotations?.["org.opencontainers.image.ref.name"] === "latest"
  );
  const index = await blob(tagged.digest);
  const lists = await Promise.all(index.manifests.map(async ({ digest }: { digest: string }) => {
    const { config } = await blob(digest);
    return (await blob(config.digest)).rootfs.diff_ids;
  }));
  return JSON.stringify(lists);
}

/** An archive with one file of zeros, which takes no room on the disk. */
async function sparseArchive(path: string, size: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  await file.write(tarHeader("zeros", size));
  await file.truncate(Math.ceil((512 + size) / 512) * 512 + 1024);
}
