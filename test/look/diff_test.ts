/** Differences of manifests, configs and layers. */
import assert from "node:assert/strict";
import { Content, writeLayout } from "../support/content.ts";
import { addImage, type Layer } from "../support/images.ts";
import { needs, runOk } from "../support/programs.ts";
import { addTarLayer, file, folder, symlink } from "../support/tar_layers.ts";
import { run } from "../cli/harness.ts";

interface Two {
  readonly dir: string;
  readonly layers: readonly Layer[];
  readonly configs: readonly string[];
}

async function withTwo(work: (two: Two) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const layers = [
      await addTarLayer(content, [
        folder("d"),
        file("d/a", "one"),
        file("d/b", "b"),
        file("c", "c"),
        symlink("l", "c"),
      ]),
      await addTarLayer(content, [
        folder("d"),
        file("d/a", "two"),
        file("d/b", "b"),
        file("e", "e"),
        symlink("l", "e"),
      ]),
    ];
    addImage(content, { tag: "one", layers: layers.slice(0, 1) });
    addImage(content, { tag: "two", layers, annotations: { "org.example.a": "b" } });
    await writeLayout(content, dir);
    const configs = ["one", "two"].map((tag) => content.manifest(tag).config!.digest);
    await work({ dir, layers, configs });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("layers differ by mode, content, links and names", () =>
  withTwo(async ({ dir, layers }) => {
    const words = [`ocidir://${dir}`, layers[0]!.descriptor.digest, `ocidir://${dir}`, layers[1]!.descriptor.digest];
    const { code, stdout } = await run(["blob", "diff-layer", "--context", "0", "--ignore-timestamp", ...words]);
    assert.equal(code, 0);
    const marks = stdout.split("\n").filter((line) => /^[+-]/.test(line)).map((line) =>
      line.split(/ +/).slice(0, 6).join(" ")
    );
    assert.deepEqual(marks, [
      "- -rw-r--r-- 0/0 3 d/a sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
      "+ -rw-r--r-- 0/0 3 d/a sha256:3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3",
      "- -rw-r--r-- 0/0 1 c sha256:2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6",
      "- lrwxrwxrwx 0/0 0 l ->",
      "+ -rw-r--r-- 0/0 1 e sha256:3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea",
      "+ lrwxrwxrwx 0/0 0 l ->",
    ]);
    const same = await run(["blob", "diff-layer", ...words.slice(0, 2), ...words.slice(0, 2), "--exit-code"]);
    assert.deepEqual([same.code, same.stdout], [0, ""]);
    assert.equal((await run(["blob", "diff-layer", ...words, "--exit-code"])).code, 10);
    const coloured = await run(["blob", "diff-layer", ...words], { env: { FORCE_COLOR: "1" } });
    assert.ok(coloured.stdout.startsWith("\x1b[36m@@ "));
    const json = JSON.parse((await run(["blob", "diff-layer", ...words, "--format", "json"])).stdout);
    assert.equal(json.differ, true);
    assert.equal(json.hunks.length, 1);
  }));

Deno.test({
  ...needs("regctl shows the same differences", "regctl"),
  fn: () =>
    withTwo(async ({ dir, configs, layers }) => {
      const env = { REGCTL_CONFIG: `${dir}/none.json`, HOME: dir, TZ: "UTC" };
      const place = `ocidir://${dir}`;
      // With more context regctl shows some lines twice, in hunks that overlap.
      const lines: readonly string[][] = [
        ["manifest", "diff", "--context", "1", `${place}:one`, `${place}:two`],
        ["manifest", "diff", "--context-full", `${place}:two`, `${place}:one`],
        ["blob", "diff-config", "--context-full", place, configs[0]!, place, configs[1]!],
      ];
      for (const line of lines) {
        assert.equal((await run(line)).stdout, await runOk("regctl", line, { env }), line.join(" "));
      }
      // regctl's lines of a layer have no types, and a link that leads elsewhere is the same to it.
      const line = ["blob", "diff-layer", place, layers[0]!.descriptor.digest, place, layers[1]!.descriptor.digest];
      const plain = (text: string) =>
        text.split("\n").filter((row) => !/ l( |$)/.test(row)).map((row) => row.replace(/^([ +-] )d/, "$1-").trimEnd());
      assert.deepEqual(plain((await run(line)).stdout), plain(await runOk("regctl", line, { env })));
    }),
});
