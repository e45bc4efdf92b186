/**
 * Start-up: `ferry version` against a program with nothing in it.
 *
 * @module
 */
import { join } from "node:path";
import { compile } from "../build/compile.ts";
import { findRuntime, localSources } from "../build/runtime.ts";
import type { Lab } from "./lab.ts";
import { type CommandLine, inTurns, take } from "./measure.ts";
import { type Row, secondsText } from "./row.ts";

/** `ferry version`. */
export function versionCommand(lab: Lab): Promise<CommandLine> {
  return lab.command(lab.ferry, [], ["version"]);
}

/** Measures. */
export async function startup(lab: Lab): Promise<Row[]> {
  const bundle = join(lab.folder, "nothing");
  const program = join(bundle, "program");
  await Deno.mkdir(bundle);
  await Deno.writeTextFile(join(bundle, "main.mjs"), "");
  await compile(bundle, "main.mjs", program, await findRuntime(localSources(lab.tell), false));
  const version = await versionCommand(lab);
  const nothing = { ...version, words: [program] };
  const [ours = 0, floor = 0] = await inTurns([{ run: () => take(version) }, { run: () => take(nothing) }], 40, 3);
  return [{
    what: "start-up (version)",
    ours: secondsText(ours),
    peer: `${secondsText(floor)} empty program`,
    figure: ours / floor,
    limit: 1.3,
    aim: 1.1,
  }];
}
