/** A slow copy on a real terminal. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { needs } from "../support/programs.ts";
import { SlowRegistry } from "./slow_registry.ts";
import { Tmux } from "./tmux.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const BLOB = /^[0-9a-f]{12} \[=+> +\] +\d\S* [kM]B\/2\.\d\d MB +(\d\S* [kM]?B\/s)? +(-:--|\d+:\d\d|\d+h(\d\dm)?)$/;
const TOTAL = /^(total +| *)\d\S* [kM]B\/6\.\d\d MB .*\d\/4 blobs$/;

/** Begins a slow copy of three layers into a layout. */
async function withCopy(
  columns: number,
  flags: string,
  test: (terminal: Tmux, registry: SlowRegistry) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-bars-" });
  try {
    await using registry = new SlowRegistry(3);
    await Deno.writeTextFile(`${dir}/config.json`, registry.config);
    const ferry =
      `env -u NO_COLOR -u FORCE_COLOR FERRY_CONFIG=${dir}/config.json DOCKER_CONFIG=${dir} ${flags} '${Deno.execPath()}' run -A --quiet --no-check '${MAIN}'`;
    await using terminal = await Tmux.start(
      `${ferry} image copy -v debug ${registry.image} ocidir://${dir}/to:v1`,
      columns,
      20,
    );
    await test(terminal, registry);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** True when the screen ends with the bars of three blobs that move, and a line for all. */
function hasBars(lines: readonly string[]): boolean {
  return lines.length >= 4 && lines.slice(-4, -1).every((line) => BLOB.test(line)) && TOTAL.test(lines.at(-1)!);
}

Deno.test({
  ...needs("bars of a slow copy on a terminal, log lines above them, and the line that stays", "tmux"),
  fn: () =>
    withCopy(80, "NO_COLOR=1", async (terminal, registry) => {
      const lines = await terminal.until(hasBars);
      assert.match(lines.join(""), /level=DEBUG msg=request method=GET/);
      assert.equal(await terminal.cursor(), false);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch((await terminal.screen(true)).slice(-4).join(""), /\x1b\[/);
      registry.open();
      const end = await terminal.until((lines) => lines.at(-1) === "exit 0");
      assert.equal(end.filter((line) => BLOB.test(line) || TOTAL.test(line)).length, 0);
      assert.match(
        end.join(""),
        /Copied 127\.0\.0\.1:\d+\/app:v1 to ocidir:.*: 4 blobs sent \(6\.\d+ MB\), 1 manifest, in/,
      );
      assert.equal(await terminal.cursor(), true);
    }),
});

Deno.test({
  ...needs("bars on a terminal of 30 columns, then wider, then narrower", "tmux"),
  fn: () =>
    withCopy(30, "", async (terminal, registry) => {
      const narrow = (lines: readonly string[]) =>
        lines.slice(-4, -1).every((line) => /^[0-9a-f]{7} +\d\S* MB\/2\.\d\d MB +\S+$/.test(line)) &&
        / MB\/6\.\d\d MB/.test(lines.at(-1)!);
      await terminal.until(narrow);
      // deno-lint-ignore no-control-regex
      assert.match((await terminal.screen(true)).slice(-4).join(""), /\x1b\[1m/);
      await terminal.resize(80, 20);
      await terminal.until(hasBars);
      await terminal.resize(30, 20);
      const lines = await terminal.until(narrow);
      assert.equal(lines.filter((line) => /\[=+>|blobs$/.test(line)).length, 0, lines.join("\n"));
      registry.open();
      await terminal.until((lines) => lines.at(-1) === "exit 0");
    }),
});

Deno.test({
  ...needs("Ctrl-C takes the bars away and gives the cursor back", "tmux"),
  fn: () =>
    withCopy(80, "", async (terminal) => {
      await terminal.until(hasBars);
      assert.equal(await terminal.cursor(), false);
      await terminal.keys("C-c");
      const lines = await terminal.until((lines) => lines.at(-1) === "exit 130");
      assert.equal(lines.filter((line) => BLOB.test(line) || TOTAL.test(line)).length, 0);
      assert.match(lines.join(""), /error: Stopped by SIGINT: 1 blob and 0 manifests that arrived whole are kept/);
      assert.equal(await terminal.cursor(), true);
    }),
});
