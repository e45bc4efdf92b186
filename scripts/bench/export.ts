/**
 * An image written to an archive, by ferry and by regctl, in turns.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Lab } from "./lab.ts";
import { inTurns, take } from "./measure.ts";
import { type Row, secondsText } from "./row.ts";

/** `image export` of corpus `big`, layout to file. */
export async function exportImage(lab: Lab): Promise<Row[]> {
  const layout = await lab.layout("big");
  const archives: string[] = [];
  const contenders = await Promise.all(lab.tools.map(async (tool) => {
    const archive = join(lab.folder, `${tool.name}.tar`);
    archives.push(archive);
    const command = await lab.command(tool, [], ["image", "export", `ocidir://${layout}:latest`, archive]);
    return {
      before: () => Deno.remove(archive).catch(() => {}),
      run: () => take(command),
    };
  }));
  lab.tell("export");
  const [ours = 0, theirs] = await inTurns(contenders, 5);
  const digests = await Promise.all(archives.map(digestOf));
  if (new Set(digests).size !== 1) throw new Error("the two archives differ");
  for (const archive of archives) await Deno.remove(archive);
  return [{
    what: "export of big, layout to archive",
    ours: secondsText(ours),
    peer: theirs === undefined ? undefined : `${secondsText(theirs)} regctl`,
    figure: theirs === undefined ? undefined : ours / theirs,
    missing: "regctl",
    limit: 1,
  }];
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const piece of file.readable) hash.update(piece);
  return hash.digest("hex");
}
