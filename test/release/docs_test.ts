/** Command lines that pages about moving, carrying and running name: each command is there, with each flag. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DocumentedCommand, loadNouns } from "../../scripts/docs/model.ts";
import { withGlobalFlags } from "../../src/cli/global_flags.ts";

const DOCS = fileURLToPath(new URL("../../docs", import.meta.url));

/** What stands in code: spans, lines of blocks, and commands within them. First columns of tables are about other tools. */
function codeOf(text: string): string[] {
  const page = text.replace(/^\|(?:\\\||[^|])*\|/gm, "|");
  const blocks = [...page.matchAll(/^```(?:sh|yaml)\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  const spans = [...page.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
  const lines = blocks.join("").replaceAll(/\\\n\s*/g, "").split("\n").flatMap((line) =>
    line.split(/&&|\||\$\(|"\$\(/)
  );
  return [...lines, ...spans];
}

/** The command that a line calls, of those that there are; undefined where it is no command line of ferry. */
function commandIn(line: string, commands: readonly DocumentedCommand[]): DocumentedCommand | undefined {
  const words = line.trim().replace(/^(until|while|-) /, "").split(/\s+/);
  const own = words[0] === "ferry" && words.length > 1;
  const [noun = "", verb = ""] = own ? words.slice(1) : words;
  const nouns = commands.filter(({ plugin }) => plugin.name === noun);
  if (nouns.length === 0) {
    assert.ok(!own || noun.startsWith("-"), `"${line}" names no noun`);
    return undefined;
  }
  const found = nouns.find((one) => one.verb === verb) ?? nouns.find((one) => one.verb === "");
  assert.ok(found !== undefined || (!own && words.length === 1), `"${line}" names no verb of ${noun}`);
  return found;
}

Deno.test("command lines of the pages are commands that there are, with flags that they have", async () => {
  const commands = (await loadNouns()).flatMap((noun) => noun.commands);
  const seen = new Set<string>();
  for (const name of ["airgap.md", "images.md", "migration.md"]) {
    for (const line of codeOf(await Deno.readTextFile(join(DOCS, name)))) {
      const command = commandIn(line, commands);
      if (command === undefined) continue;
      seen.add(command.name);
      const flags = withGlobalFlags(command.spec.flags ?? {});
      for (const [, flag] of line.matchAll(/(?<=\s)--([a-z][a-z-]*)/g)) {
        assert.ok(Object.hasOwn(flags, flag!), `${name}: ${command.name} has no flag --${flag}: ${line}`);
      }
    }
  }
  assert.ok(seen.size > 30, `${seen.size} commands seen`);
});

Deno.test("README tells of every package that is used", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
    imports: Record<string, string>;
  };
  const used = Object.keys(imports).filter((name) => imports[name]!.startsWith("npm:"));
  const section = (await Deno.readTextFile(join(root, "README.md"))).split("\n## ").find((one) =>
    one.startsWith("Dependencies\n")
  )!;
  const told = [...section.matchAll(/^\| ([a-z][a-z0-9-]*) +\|/gm)].map(([, name]) => name!).filter((name) =>
    name !== "package"
  );
  assert.deepEqual(told.toSorted(), used.toSorted());
});
