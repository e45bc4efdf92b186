import assert from "node:assert/strict";
import { ERROR_TABLE } from "../src/errors.ts";
import { needs, run, runOk } from "../test/support/programs.ts";
import { readmeTable } from "./docs/readme.ts";
import { renderDocs, staleDocs } from "./docs.ts";

Deno.test("the documentation is what the commands' data says", async () => {
  assert.deepEqual(await staleDocs(await renderDocs()), [], "run: deno task docs");
});

Deno.test("every command has a section and a manual page with its flags", async () => {
  const { loadNouns } = await import("./docs/model.ts");
  const pages = await renderDocs();
  for (const { commands, plugin } of await loadNouns()) {
    for (const { name, spec } of commands) {
      const markdown = pages.get(`commands/${plugin.name}.md`) ?? "";
      const manual = pages.get(`man/${name.replaceAll(" ", "-")}.1`) ?? "";
      assert.match(markdown, new RegExp(`^##? ${name}$`, "m"));
      assert.ok(pages.get("README.md")?.includes(`[${name}](commands/${plugin.name}.md`), name);
      for (const [flag, { hidden }] of Object.entries(spec.flags ?? {})) {
        if (hidden === true) continue;
        assert.ok(markdown.includes(`--${flag}`), `${name} --${flag}`);
        assert.ok(manual.includes(`\\-\\-${flag.replaceAll("-", "\\-")}`), `${name} --${flag}`);
      }
      const [examples, options] = [".SH EXAMPLES", ".SH OPTIONS"].map((title) => manual.indexOf(title));
      assert.ok(options === -1 || examples! < options!, name);
    }
  }
});

Deno.test("the table of exit codes has every exit code", async () => {
  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  const listed = readmeTable(readme, "Exit codes").flatMap(([codes = ""]) => codes.split(",").map(Number));
  const used = new Set([0, ...Object.values(ERROR_TABLE).map(({ exit }) => exit)]);
  assert.deepEqual(listed.toSorted((a, b) => a - b), [...used].toSorted((a, b) => a - b));
});

Deno.test({
  ...needs("manual pages are roff without warnings", "groff"),
  fn: async () => {
    const manuals = [...await renderDocs()].filter(([path]) => path.startsWith("man/"));
    const all = manuals.map(([, text]) => text).join("");
    const { code, stderr } = await run("groff", ["-man", "-ww", "-Tutf8", "-z"], { stdin: all });
    assert.deepEqual([code, stderr], [0, ""]);
    const one = new Map(manuals).get("man/ferry-tag-ls.1")!;
    const shown = (await runOk("groff", ["-man", "-Tascii", "-P-cbou"], { stdin: one })).replaceAll(/\s+/g, " ");
    for (
      const part of [
        "NAME ferry-tag-ls - List the tags",
        "--limit count",
        "tag ls ghcr.io/org/app --exclude 'sha256-.*'",
      ]
    ) {
      assert.ok(shown.includes(part), part);
    }
  },
});
