/**
 * `bot`: how long a script takes to start, to compute, and to look through a repository.
 *
 * @module
 */
import { join } from "node:path";
import { type Lab, which } from "./lab.ts";
import { type CommandLine, inTurns, take } from "./measure.ts";
import { type Row, secondsText } from "./row.ts";
import { versionCommand } from "./startup.ts";
import { seedTags } from "./sync_seed.ts";

const HELLO = 'print("hello")';
const LOOP = "for i = 1, 1000000 do end";
/** Tags of the corpus. */
const TAGS = 200;

/** A script of one line, over the start of `ferry version`. */
export async function botStart(lab: Lab): Promise<Row[]> {
  const [version, hello] = [await versionCommand(lab), await script(lab, "hello", HELLO)];
  const [floor = 0, ours = 0] = await inTurns([{ run: () => take(version) }, { run: () => take(hello) }], 20, 3);
  return [{
    what: "bot: a script of one line, over version",
    ours: secondsText(ours - floor),
    peer: "40.0 ms allowed",
    figure: (ours - floor) / 0.04,
    limit: 1,
  }];
}

/** A million turns of an empty loop, over a script of one line. */
export async function botLoop(lab: Lab): Promise<Row[]> {
  const [hello, loop] = [await script(lab, "hello", HELLO), await script(lab, "loop", LOOP)];
  const [floor = 0, ours = 0] = await inTurns([{ run: () => take(hello) }, { run: () => take(loop) }], 12, 2);
  return [{
    what: "bot: 1,000,000 turns of an empty loop",
    ours: secondsText(ours - floor),
    peer: "0.20 s allowed",
    figure: (ours - floor) / 0.2,
    limit: 1,
  }];
}

/** The configuration of each of 200 tags, one after the other. */
export async function botScan(lab: Lab): Promise<Row[]> {
  await using registry = await lab.registry();
  await seedTags(await lab.layout("tags200"), registry.port, "tags");
  const name = `localhost:${registry.port}`;
  const text = `version: 1
creds: [{registry: "${name}", tls: disabled}]
scripts:
  - name: scan
    script: |
      local seen = 0
      for _, t in ipairs(tag.ls("${name}/tags")) do
        if image.config("${name}/tags:" .. t).Config then seen = seen + 1 end
      end
      assert(seen == ${TAGS}, seen)
`;
  const file = join(lab.folder, "scan.yml");
  await Deno.writeTextFile(file, text);
  const env = { PATH: "/usr/bin:/bin", HOME: join(lab.folder, "home") };
  const ferry: CommandLine = { words: [lab.ferry.program, "bot", "once", "-c", file], env };
  const program = which("regbot");
  const regbot: CommandLine | undefined = program === undefined
    ? undefined
    : { words: [program, "once", "-c", file], env };
  const contenders = [ferry, ...(regbot === undefined ? [] : [regbot])].map((line) => ({ run: () => take(line) }));
  const [ours = 0, theirs] = await inTurns(contenders, 7);
  return [{
    what: "bot: the configuration of each of 200 tags",
    ours: secondsText(ours),
    peer: theirs === undefined ? undefined : `${secondsText(theirs)} regbot`,
    figure: theirs === undefined ? undefined : ours / theirs,
    limit: 1,
    aim: 0.6,
  }];
}

async function script(lab: Lab, name: string, text: string): Promise<CommandLine> {
  const file = join(lab.folder, `${name}.lua`);
  await Deno.writeTextFile(file, text);
  return await lab.command(lab.ferry, [], ["bot", "run", file]);
}
