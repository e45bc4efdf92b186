/**
 * Transfers: the same copies by ferry and by regctl, in turns.
 *
 * @module
 */
import { join } from "node:path";
import { startDelay } from "./delay.ts";
import type { Lab, Tool } from "./lab.ts";
import { inTurns, take } from "./measure.ts";
import { digestOfTag } from "./registry.ts";
import { type Row, secondsText } from "./row.ts";
import { seed } from "./seed.ts";
import { versionCommand } from "./startup.ts";

/** A copy that every tool does in the same way. */
interface Copy {
  readonly what: string;
  readonly ports: readonly number[];
  readonly from: string;
  /** Where to; a path in it is the tool's own. */
  readonly to: (tool: Tool) => string;
  readonly before: () => Promise<void>;
  /** Digest at the target. */
  readonly found: (tool: Tool) => Promise<string>;
  readonly digest: string;
  readonly runs: number;
  readonly limit: number;
  readonly aim: number;
}

async function race(lab: Lab, copy: Copy): Promise<Row> {
  const contenders = await Promise.all(lab.tools.map(async (tool) => {
    const command = await lab.command(tool, copy.ports, ["image", "copy", copy.from, copy.to(tool)]);
    return {
      before: copy.before,
      run: () => take(command),
      after: async () => same(`${copy.what} by ${tool.name}`, await copy.found(tool), copy.digest),
    };
  }));
  lab.tell(copy.what);
  const [ours = 0, theirs] = await inTurns(contenders, copy.runs);
  const { what, limit, aim } = copy;
  return {
    what,
    ours: secondsText(ours),
    peer: theirs === undefined ? undefined : `${secondsText(theirs)} regctl`,
    figure: theirs === undefined ? undefined : ours / theirs,
    missing: "regctl",
    limit,
    aim,
  };
}

/** Stops the bench when a copy did not bring what it should. */
export function same(what: string, found: string, wanted: string): void {
  if (found !== wanted) throw new Error(`${what}: the target has ${found}, expected ${wanted}`);
}

/** Digest of the tag `latest` of a layout, "" when there is none. */
export async function digestInLayout(layout: string): Promise<string> {
  const { manifests } = JSON.parse(await Deno.readTextFile(join(layout, "index.json")));
  for (const { digest, annotations } of manifests) {
    if (annotations?.["org.opencontainers.image.ref.name"] === "latest") return digest;
  }
  return "";
}

/** 512 MiB from registry to registry. */
export async function big(lab: Lab): Promise<Row[]> {
  const layout = await lab.layout("big");
  await using source = await lab.registry();
  await using target = await lab.registry();
  const digest = await seed(layout, source.port, "big");
  return [
    await race(lab, {
      what: "512 MiB, registry to registry",
      ports: [source.port, target.port],
      from: `localhost:${source.port}/big:latest`,
      to: () => `localhost:${target.port}/big:latest`,
      before: () => target.empty(),
      found: () => digestOfTag(target.port, "big", "latest"),
      digest,
      runs: 5,
      limit: 1.0,
      aim: 0.8,
    }),
  ];
}

/** 512 MiB between a registry and a layout, both ways. */
export async function layout(lab: Lab): Promise<Row[]> {
  const folder = await lab.layout("big");
  await using registry = await lab.registry();
  const digest = await seed(folder, registry.port, "big");
  const out = (tool: Tool) => join(lab.folder, `layout-${tool.name}`);
  const removeOut = async () => {
    for (const tool of lab.tools) await Deno.remove(out(tool), { recursive: true }).catch(() => {});
  };
  const common = { ports: [registry.port], digest, runs: 5, limit: 1.15, aim: 0.9 };
  const down = await race(lab, {
    ...common,
    what: "512 MiB, registry to layout",
    from: `localhost:${registry.port}/big:latest`,
    to: (tool) => `ocidir://${out(tool)}:latest`,
    before: removeOut,
    found: (tool) => digestInLayout(out(tool)),
  });
  await removeOut();
  const up = await race(lab, {
    ...common,
    what: "512 MiB, layout to registry",
    from: `ocidir://${folder}:latest`,
    to: () => `localhost:${registry.port}/up:latest`,
    before: () => registry.empty(),
    found: () => digestOfTag(registry.port, "up", "latest"),
  });
  return [down, up];
}

/** Three platforms between registries that are 20 ms there and back away. */
export async function distant(lab: Lab): Promise<Row[]> {
  const folder = await lab.layout("multi");
  await using source = await lab.registry();
  await using target = await lab.registry();
  const digest = await seed(folder, source.port, "multi");
  const [near, far] = [await startDelay(source.port, 10), await startDelay(target.port, 10)];
  try {
    return [
      await race(lab, {
        what: "three platforms, both registries 20 ms away",
        ports: [near.port, far.port],
        from: `localhost:${near.port}/multi:latest`,
        to: () => `localhost:${far.port}/multi:latest`,
        before: () => target.empty(),
        found: () => digestOfTag(target.port, "multi", "latest"),
        digest,
        runs: 7,
        limit: 0.9,
        aim: 0.6,
      }),
    ];
  } finally {
    await near.stop();
    await far.stop();
  }
}

/** 512 MiB from layout to layout of one file system: what it takes over starting up. */
export async function links(lab: Lab): Promise<Row[]> {
  const folder = await lab.layout("big");
  const digest = await digestInLayout(folder);
  const out = join(lab.folder, "links");
  const version = await versionCommand(lab);
  const copy = await lab.command(lab.ferry, [], [
    "image",
    "copy",
    `ocidir://${folder}:latest`,
    `ocidir://${out}:latest`,
  ]);
  const [whole = 0, start = 0] = await inTurns([
    {
      before: () => Deno.remove(out, { recursive: true }).catch(() => {}),
      run: () => take(copy),
      after: async () => same("layout to layout", await digestInLayout(out), digest),
    },
    { run: () => take(version) },
  ], 7);
  return [{
    what: "512 MiB, layout to layout, seconds over start-up",
    ours: secondsText(whole),
    peer: `${secondsText(start)} start-up`,
    figure: whole - start,
    limit: 0.15,
  }];
}
