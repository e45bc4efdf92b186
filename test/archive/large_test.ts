/** Images of large layers: threads hash and copy them, and find what is wrong. */
import assert from "node:assert/strict";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { Content, writeLayout } from "../support/content.ts";
import { addImage, addLayer, type Layer } from "../support/images.ts";
import { run } from "../cli/harness.ts";

const MIB = 1 << 20;

interface Place {
  readonly dir: string;
  readonly image: string;
  /** File of a layer, by its number. */
  readonly file: (layer: number) => string;
}

/** Bytes that no other seed gives; that they are no archive is of no matter here. */
function largeLayer(content: Content, seed: number, size: number, algorithm = "sha256"): Layer {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 4096) bytes[at] = seed + at / 4096;
  const digest = content.addBlob(bytes, algorithm);
  return { descriptor: { mediaType: MEDIA_TYPE.ociLayer, digest, size }, diffId: digest };
}

async function withImage(work: (place: Place) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const layers = [
      largeLayer(content, 1, 18 * MIB + 1),
      addLayer(content, 2, 70_000),
      largeLayer(content, 3, 17 * MIB),
      largeLayer(content, 4, 2 * MIB + 77, "sha512"),
    ];
    addImage(content, { tag: "v1", layers });
    await writeLayout(content, `${dir}/a`);
    const file = (layer: number) => `${dir}/a/blobs/${layers[layer]!.descriptor.digest.replace(":", "/")}`;
    await work({ dir, image: `ocidir://${dir}/a:v1`, file });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const names = (dir: string) => [...Deno.readDirSync(dir)].map(({ name }) => name).sort();

async function flip(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(MIB, Deno.SeekMode.Start);
  await file.write(new Uint8Array([255]));
}

Deno.test("the file is what goes to standard output, and takes the place of one that is there", () =>
  withImage(async ({ dir, image }) => {
    await Deno.writeTextFile(`${dir}/out.tar`, "old", { mode: 0o600 });
    const { code, stderr } = await run(["image", "export", image, `${dir}/out.tar`]);
    assert.deepEqual([code, stderr], [0, ""]);
    const streamed = await run(["image", "export", image, "--compress=gzip", `${dir}/out.tar.gz`]);
    assert.equal(streamed.code, 0, streamed.stderr);
    const gz = await Deno.open(`${dir}/out.tar.gz`);
    const plain = new Response(gz.readable.pipeThrough(new DecompressionStream("gzip")));
    assert(new Uint8Array(await plain.arrayBuffer()).every(same(await Deno.readFile(`${dir}/out.tar`))));
    if (Deno.build.os !== "windows") assert.equal((await Deno.stat(`${dir}/out.tar`)).mode! & 0o777, 0o600);
    assert.deepEqual(names(dir), ["a", "out.tar", "out.tar.gz"]);
    assert.equal((await run(["image", "import", `ocidir://${dir}/b:v1`, `${dir}/out.tar`])).code, 0);
    assert.equal((await run(["image", "verify", "--deep", `ocidir://${dir}/b:v1`])).code, 0);
  }));

function same(other: Uint8Array): (byte: number, at: number, all: Uint8Array) => boolean {
  return (byte, at, all) => all.length === other.length && byte === other[at];
}

Deno.test("a layer that is wrong, too long, too short or missing is told, and no file is left", () =>
  withImage(async ({ dir, image, file }) => {
    const cases: readonly (readonly [string, (path: string) => Promise<void>, number, RegExp])[] = [
      ["wrong", flip, 6, /Digest of blob/],
      ["short", (path) => Deno.truncate(path, 17 * MIB - 5), 6, /is \d+ bytes, expected|cut short/],
      ["long", (path) => Deno.writeFile(path, new Uint8Array(5), { append: true }), 6, /expected/],
      ["missing", (path) => Deno.remove(path), 5, /not found/],
    ];
    for (const [name, damage, exit, message] of cases) {
      const before = await Deno.readFile(file(2));
      await damage(file(2));
      const exported = await run(["image", "export", image, `${dir}/out.tar`]);
      assert.equal(exported.code, exit, `${name}: ${exported.stderr}`);
      assert.match(exported.stderr, message, name);
      assert.deepEqual(names(dir), ["a"], name);
      const verified = await run(["image", "verify", "--deep", image, "--format", "json"]);
      assert.equal(verified.code, exit, `${name}: ${verified.stderr}`);
      const broken = JSON.parse(verified.stdout).findings;
      assert.deepEqual(broken.map(({ state }: { state: string }) => state), [name === "missing" ? "missing" : "wrong"]);
      await Deno.writeFile(file(2), before);
    }
    await flip(file(3));
    assert.equal((await run(["image", "export", image, `${dir}/out.tar`])).code, 6, "sha512 counts as well");
    assert.equal((await run(["image", "verify", "--deep", image])).code, 6);
  }));

Deno.test({
  name: "a device takes the archive as a stream",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withImage(async ({ image }) => {
      assert.equal((await run(["image", "export", image, "/dev/null"])).code, 0);
      const full = await run(["image", "export", image, "/dev/full"]);
      assert.equal(full.code, 1, full.stderr);
      assert.match(full.stderr, /the disk is full/);
    }),
});
