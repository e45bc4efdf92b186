/** Levels of compression, as the tools of those compressions see them. */
import assert from "node:assert/strict";
import { Content, writeLayout } from "../support/content.ts";
import { addImage, addIndex } from "../support/images.ts";
import { needs, runOk } from "../support/programs.ts";
import { addTarLayer, file } from "../support/tar_layers.ts";
import { run } from "../cli/harness.ts";
import { configOf, manifestOf, mod } from "./lab.ts";

/** Text that compresses the better the longer one looks. */
function prose(): string {
  const words = ["layer", "index", "blob", "digest", "manifest", "config", "platform", "annotation", "subject"];
  let seed = 7;
  return Array.from({ length: 60_000 }, () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return words[(seed >> 8) % words.length]!.slice(0, 3 + seed % 5);
  }).join(" ");
}

async function withProse(work: (place: string, dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const image = addImage(content, { tag: "v1", layers: [await addTarLayer(content, [file("prose", prose())])] });
    addIndex(content, { tag: "all", manifests: [image] });
    await writeLayout(content, `${dir}/layout`);
    await work(`ocidir://${dir}/layout`, dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function layerFile(image: string, dir: string): Promise<{ readonly path: string; readonly size: number }> {
  const { digest, size } = (await manifestOf(image)).layers[0]!;
  return { path: `${dir}/layout/blobs/${digest.replace(":", "/")}`, size };
}

Deno.test({
  ...needs(
    "layers of a level are smaller, whole, and made anew also where they are compressed so already",
    "gzip",
    "zstd",
  ),
  fn: () =>
    withProse(async (place, dir) => {
      for (const [name, low, high] of [["gzip", "gzip:1", "gzip:9"], ["zstd", "zstd:1", "zstd:19"]] as const) {
        const files = [];
        for (const level of [low, high]) {
          const image = await mod(`${place}:v1`, "--layer-compress", level);
          files.push(await layerFile(image, dir));
          assert.deepEqual((await configOf(image)).rootfs, (await configOf(`${place}:v1`)).rootfs);
        }
        const [one, other] = files;
        assert(other!.size < one!.size, `${name}: ${one!.size} and ${other!.size} bytes`);
        for (const { path } of [one!, other!]) {
          const plain = await runOk(name, ["-d", "-c"], { stdin: await Deno.readFile(path) });
          assert(plain.includes(prose().slice(0, 1000)));
        }
      }
      const before = await manifestOf(`${place}:v1`);
      const again = await mod(`${place}:v1`, "--layer-compress", "gzip");
      assert.deepEqual((await manifestOf(again)).layers, before.layers, "without a level nothing is made anew");
      const last = await mod(`${place}:v1`, "--layer-compress", "gzip:9", "--layer-compress", "gzip");
      assert.deepEqual((await manifestOf(last)).layers, before.layers, "the last step counts");
    }),
});

Deno.test({
  ...needs("archives take a level", "gzip", "zstd"),
  fn: () =>
    withProse(async (place, dir) => {
      const plain = `${dir}/plain.tar`;
      await mod(`${place}:v1`, "--layer-compress", "none", "--create", `${place}:none`);
      const commands = {
        image: ["image", "export", `${place}:none`],
        bundle: ["bundle", "create", `${place}:none`, "-o"],
      };
      for (const [noun, words] of Object.entries(commands)) {
        assert.equal((await run([...words, plain])).code, 0);
        for (const [name, low, high] of [["gzip", "gzip:1", "gzip:9"], ["zstd", "zstd:1", "zstd:19"]] as const) {
          const sizes: number[] = [];
          for (const level of [low, high]) {
            const path = `${dir}/${noun}-${level.replace(":", "-")}`;
            const { code, stderr } = await run(["--progress=none", ...words, path, `--compress=${level}`]);
            assert.deepEqual([code, stderr], [0, ""], level);
            sizes.push((await Deno.stat(path)).size);
            const text = await runOk(name, ["-d", "-c"], { stdin: await Deno.readFile(path) });
            assert.equal(text, new TextDecoder().decode(await Deno.readFile(plain)), level);
          }
          assert(sizes[1]! < sizes[0]!, `${noun} ${name}: ${sizes}`);
        }
      }
    }),
});

Deno.test("what is no level is refused before anything is asked for", () =>
  withProse(async (place, dir) => {
    const cases = [
      ["image", "mod", `${place}:nope`, "--create", "x", "--layer-compress", "zstd:40"],
      ["image", "export", `${place}:nope`, `${dir}/x`, "--compress=zstd:40"],
      ["bundle", "create", `${place}:nope`, "-o", `${dir}/x`, "--compress", "zstd:40"],
    ];
    for (const words of cases) {
      const { code, stderr } = await run(words);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /does not take "zstd:40"\nhint: levels of zstd are 1 to 19/);
    }
  }));
