/**
 * Memory: that it does not grow with the size of a blob.
 *
 * @module
 */
import { join } from "node:path";
import type { Lab } from "./lab.ts";
import { median, take } from "./measure.ts";
import { digestOfTag } from "./registry.ts";
import type { Row } from "./row.ts";
import { seed } from "./seed.ts";
import { digestInLayout, same } from "./transfer.ts";

/** Most memory while one blob of 4 GiB is copied, against one of 64 MiB. */
export async function memory(lab: Lab): Promise<Row[]> {
  await using source = await lab.registry();
  await using target = await lab.registry();
  const digests = { small: "", large: "" };
  digests.small = await seed(await lab.layout("blob64m"), source.port, "small");
  digests.large = await seed(await lab.layout("blob4g"), source.port, "large");
  // The registry has it now, and disks are not endless.
  await lab.dropLayout("blob4g");
  const out = join(lab.folder, "memory");
  const peaks = async (what: string, to: string, name: "small" | "large", runs: number) => {
    lab.tell(`memory: ${what}, ${name}`);
    const ports = [source.port, target.port];
    const command = await lab.command(lab.ferry, ports, [
      "image",
      "copy",
      `localhost:${source.port}/${name}:latest`,
      to,
    ]);
    const taken: number[] = [];
    for (let run = 0; run < runs; run++) {
      taken.push((await take(command, true)).peak);
      const found = to.startsWith("ocidir") ? await digestInLayout(out) : await digestOfTag(target.port, "m", "latest");
      same(`${what}, ${name}`, found, digests[name]);
      await target.empty();
      await Deno.remove(out, { recursive: true }).catch(() => {});
    }
    return median(taken);
  };
  const rows: Row[] = [];
  for (
    const [what, to] of [
      ["registry to registry", `localhost:${target.port}/m:latest`],
      ["registry to layout", `ocidir://${out}:latest`],
    ] as const
  ) {
    const small = await peaks(what, to, "small", 3);
    const large = await peaks(what, to, "large", 1);
    const mib = (value: number) => `${value.toFixed(0)} MiB`;
    rows.push({
      what: `peak memory, 4 GiB, ${what}`,
      ours: mib(large),
      peer: `${mib(small)} for 64 MiB`,
      figure: large / small,
      limit: 1.1,
    });
    rows.push({ what: `peak memory in MiB, ${what}`, ours: mib(large), peer: undefined, figure: large, limit: 130 });
  }
  return rows;
}
