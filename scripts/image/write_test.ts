import assert from "node:assert/strict";
import { join } from "node:path";
import { createLayoutTransport, parseImageConfig, parseReference, withDigest } from "../../mod.ts";
import { type Compression, decompress, readTar } from "../../src/archive/mod.ts";
import { folder, linkTo, text, type Tree } from "./tree.ts";
import { type ImageOptions, writeImages } from "./write.ts";

const PURL = "pkg:deb/debian/libx@1.0?arch=amd64";
const TREE: Tree = {
  "etc/motd": text("welcome\n"),
  "bin/tool": linkTo("../etc/motd"),
  "home/ferry": folder(0o700, 65532),
};

async function withImage(
  compression: "gzip" | "zstd",
  work: (options: ImageOptions, program: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const program = join(dir, "program");
    await Deno.writeTextFile(program, "a program".repeat(10_000));
    const options: ImageOptions = {
      folder: join(dir, "layout"),
      subject: { name: "ferry", version: "1.2.3", commit: "c0ffee", date: "2024-01-02T03:04:05Z", mark: "" },
      source: "https://git.example.org/ferry",
      notices: "thanks\n",
      components: [],
      compression,
      level: 1,
    };
    await work(options, program);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const recipes = (program: string) =>
  ["one", "two"].map((tag) => ({
    tag,
    platforms: [{
      architecture: "amd64",
      program,
      parts: [{ tree: TREE, components: [{ name: "libx", version: "1.0", purl: PURL, uses: [] }] }],
    }],
  }));

for (const compression of ["gzip", "zstd"] as const) {
  Deno.test(`an image in ${compression} has its files, names its platform and itself, and its bill refers to it`, async () => {
    await withImage(compression, async (options, program) => {
      const written = await writeImages(options, recipes(program).slice(0, 1));
      assert.deepEqual(written.map(({ tag }) => tag), ["one"]);
      const transport = createLayoutTransport();
      const place = parseReference(`ocidir://${options.folder}:one`);
      const index = await transport.getManifest(place);
      assert.equal(index.annotations["org.opencontainers.image.version"], "1.2.3");
      assert.equal(index.annotations["org.opencontainers.image.source"], "https://git.example.org/ferry");
      assert.deepEqual(index.manifests.map(({ platform }) => platform), [{ os: "linux", architecture: "amd64" }]);
      const here = withDigest(place, index.manifests[0]!.digest);
      const manifest = await transport.getManifest(here);
      const read = async (descriptor: typeof manifest.layers[number]) =>
        (await transport.blobSource(place, descriptor).open(0)).body;
      const config = parseImageConfig(new Uint8Array(await new Response(await read(manifest.config!)).arrayBuffer()));
      assert.equal(config.config?.User, "65532:65532");
      assert.equal(config.rootfs.diff_ids.length, 2);
      assert.equal(config.created, "2024-01-02T03:04:05Z");
      const files: string[] = [];
      for (const layer of manifest.layers) {
        assert.ok(layer.mediaType.endsWith(`+${compression}`));
        const kind: Compression = compression;
        for await (const { header } of readTar(decompress(await read(layer), kind))) {
          files.push(`${header.name} ${header.mode.toString(8)} ${header.uid} ${header.linkname}`.trim());
          assert.equal(header.mtime.seconds, Date.parse(options.subject.date) / 1000);
        }
      }
      assert.deepEqual(files, [
        "bin/ 755 0",
        "bin/tool 777 0 ../etc/motd",
        "etc/ 755 0",
        "etc/motd 644 0",
        "home/ 755 0",
        "home/ferry/ 700 65532",
        "usr/ 755 0",
        "usr/bin/ 755 0",
        "usr/bin/ferry 755 0",
        "usr/bin/regbot 777 0 ferry",
        "usr/bin/regctl 777 0 ferry",
        "usr/bin/regsync 777 0 ferry",
        "usr/share/ 755 0",
        "usr/share/doc/ 755 0",
        "usr/share/doc/ferry/ 755 0",
        "usr/share/doc/ferry/THIRD_PARTY_NOTICES.txt 644 0",
      ]);
      const { descriptors } = await transport.listReferrers(here);
      assert.deepEqual(descriptors.map(({ artifactType }) => artifactType), ["application/spdx+json"]);
      const bill = await transport.getManifest(withDigest(place, descriptors[0]!.digest));
      assert.ok((await new Response(await read(bill.layers[0]!)).text()).includes(PURL));
    });
  });
}

Deno.test("the same image is the same bytes, and layers that images share are stored once", async () => {
  await withImage("gzip", async (options, program) => {
    const again = { ...options, folder: `${options.folder}-again` };
    assert.deepEqual(await writeImages(options, recipes(program)), await writeImages(again, recipes(program)));
    const names = (dir: string) => [...Deno.readDirSync(join(dir, "blobs/sha256"))].map(({ name }) => name).sort();
    assert.deepEqual(names(options.folder), names(again.folder));
    const index = (dir: string) => Deno.readTextFileSync(join(dir, "index.json"));
    assert.equal(index(options.folder), index(again.folder));
    const big = names(options.folder).filter((name) =>
      Deno.readFileSync(join(options.folder, "blobs/sha256", name))[0] === 0x1f
    );
    assert.equal(big.length, 2);
  });
});
