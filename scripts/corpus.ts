/**
 * Writes the layouts that the bench and the demo work with: `deno run -A scripts/corpus.ts FOLDER [NAME ...]`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { LayoutWriter } from "./corpus/layout.ts";
import { SHAPES } from "./corpus/shapes.ts";

/** Gives the folder of the layout `name` beneath `folder`; writes it first, unless it is there. The same bytes every time. */
export async function corpus(folder: string, name: string): Promise<string> {
  const shape = SHAPES[name];
  if (shape === undefined) throw new Error(`No layout is named "${name}": ${Object.keys(SHAPES).join(", ")}`);
  const path = resolve(join(folder, name));
  if (await Deno.stat(path).then(() => true, () => false)) return path;
  await Deno.mkdir(folder, { recursive: true });
  const part = await Deno.makeTempDir({ dir: folder, prefix: `${name}.` });
  try {
    const layout = new LayoutWriter(part);
    await shape.write(layout);
    layout.close();
    await Deno.chmod(part, 0o755);
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part, { recursive: true });
    throw error;
  }
  return path;
}

if (import.meta.main) {
  const [folder, ...names] = Deno.args;
  if (folder === undefined) {
    console.error("usage: corpus.ts FOLDER [NAME ...]");
    for (const [name, { summary }] of Object.entries(SHAPES)) console.error(`  ${name.padEnd(8)}  ${summary}`);
    Deno.exit(2);
  }
  for (const name of names.length > 0 ? names : Object.keys(SHAPES).filter((one) => !/^blob\dg$/.test(one))) {
    console.log(await corpus(folder, name));
  }
}
