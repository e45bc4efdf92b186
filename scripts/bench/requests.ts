/**
 * Requests: how many a copy sends, as the registries see it.
 *
 * @module
 */
import { startCounting } from "./count.ts";
import type { Lab, Tool } from "./lab.ts";
import { take } from "./measure.ts";
import { digestOfTag } from "./registry.ts";
import type { Row } from "./row.ts";
import { seed } from "./seed.ts";
import { same } from "./transfer.ts";

/** Counts. */
export async function requests(lab: Lab): Promise<Row[]> {
  await using source = await lab.registry();
  await using target = await lab.registry();
  const digest = await seed(await lab.layout("multi"), source.port, "multi");
  const [near, far] = [startCounting(source.port), startCounting(target.port)];
  try {
    const count = async (tool: Tool, from: string, to: string) => {
      const command = await lab.command(tool, [near.port, far.port], ["image", "copy", from, to]);
      near.take();
      far.take();
      await take(command);
      return near.take().length + far.take().length;
    };
    const counts = new Map<Tool, readonly [number, number, number]>();
    for (const tool of lab.tools) {
      const from = `localhost:${near.port}/multi:latest`;
      const other = `localhost:${far.port}/multi:latest`;
      await target.empty();
      const first = await count(tool, from, other);
      const again = await count(tool, from, other);
      same(`requests by ${tool.name}`, await digestOfTag(target.port, "multi", "latest"), digest);
      const beside = await count(tool, from, `localhost:${near.port}/beside-${tool.name}:latest`);
      same(`requests by ${tool.name}`, await digestOfTag(source.port, `beside-${tool.name}`, "latest"), digest);
      counts.set(tool, [first, again, beside]);
    }
    const theirs = lab.regctl === undefined ? undefined : counts.get(lab.regctl);
    const row = (at: 0 | 1 | 2, what: string, limit: number, aim?: number): Row => ({
      what: `requests, three platforms, ${what}`,
      ours: String(counts.get(lab.ferry)![at]),
      peer: theirs === undefined ? undefined : `${theirs[at]} regctl`,
      figure: counts.get(lab.ferry)![at],
      limit,
      ...(aim === undefined ? {} : { aim }),
    });
    return [
      row(0, "first", 60, 47),
      row(1, "again", 2),
      row(2, "same registry", 36, 22),
    ];
  } finally {
    near.stop();
    far.stop();
  }
}
