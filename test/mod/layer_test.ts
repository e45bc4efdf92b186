/** What `image mod` does to layers. */
import assert from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import { Content, writeLayout } from "../support/content.ts";
import { addImage } from "../support/images.ts";
import { addTarLayer, archiveOf, file, folder, hardlink } from "../support/tar_layers.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { run } from "../cli/harness.ts";
import { configOf, entriesOf, ENTRY_SECONDS, inLab, manifestOf, mod, namesOf, ok } from "./lab.ts";

const seconds = (text: string) => Date.parse(text) / 1000;

Deno.test("times of files are set in layers of every compression, which stay compressed as they are", () =>
  inLab(async ({ place }) => {
    const image = await mod(`${place}:one`, "--layer-time", "set=2020-01-01T00:00:00.5Z");
    for (const entries of await entriesOf(image)) {
      for (const entry of entries) assert.equal(entry.seconds, seconds("2020-01-01T00:00:00Z"));
    }
    const types = (manifest: Awaited<ReturnType<typeof manifestOf>>) =>
      manifest.layers.map(({ mediaType }) => mediaType);
    assert.deepEqual(types(await manifestOf(image)), types(await manifestOf(`${place}:one`)));
  }));

Deno.test("layers of the base keep their times", () =>
  inLab(async ({ place }) => {
    for (const base of ["base-layers=1", `base-ref=${place}:base`]) {
      const image = await mod(`${place}:all`, "--layer-time", `set=2020-01-01T00:00:00Z,${base}`);
      const times = (await entriesOf(image)).map((entries) => entries[0]!.seconds);
      assert.deepEqual(times, [ENTRY_SECONDS, seconds("2020-01-01T00:00:00Z")]);
    }
  }));

Deno.test("a layer without what is to change keeps its digest, and one that is empty then goes with its history", () =>
  inLab(async ({ place }) => {
    const image = await mod(`${place}:one`, "--layer-strip-file", "/etc/secret");
    assert.deepEqual(await namesOf(image), [["etc/", "etc/keep"], ["last"]]);
    const [before, after] = [await manifestOf(`${place}:one`), await manifestOf(image)];
    assert.equal(after.layers[1]!.digest, before.layers[2]!.digest);
    const { history, rootfs } = await configOf(image);
    assert.deepEqual(history?.map((step) => step.created_by), ["layer 0", "layer 2"]);
    assert.equal(rootfs.diff_ids.length, 2);
    const folderGone = await mod(`${place}:one`, "--layer-strip-file", "etc");
    assert.deepEqual(await namesOf(folderGone), [["last"]]);
  }));

Deno.test("hard links to a file that goes are named", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const layer = await addTarLayer(content, [file("a", "x"), hardlink("b", "a")]);
    addImage(content, { tag: "v1", layers: [layer] });
    await writeLayout(content, dir);
    const { code, stderr } = await run(["image", "mod", `ocidir://${dir}:v1`, "--replace", "--layer-strip-file", "a"]);
    assert.equal(code, 0);
    assert.match(stderr, /Hard link \\"b\\" is left without its file/);
    assert.deepEqual(await namesOf(`ocidir://${dir}:v1`), [["b"]]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("names of owners go", () =>
  inLab(async ({ place }) => {
    assert((await entriesOf(`${place}:one`)).flat().some(({ owner }) => owner === "rootwheel"));
    const image = await mod(`${place}:one`, "--reproducible");
    assert((await entriesOf(image)).flat().every(({ owner }) => owner === ""));
  }));

Deno.test("layers are compressed otherwise, with the media types of their family", () =>
  inLab(async ({ place }) => {
    for (const to of ["gzip", "zstd", "none"] as const) {
      const image = await mod(`${place}:one`, "--layer-compress", to);
      const types = new Set((await manifestOf(image)).layers.map(({ mediaType }) => mediaType));
      const oci = { gzip: MEDIA_TYPE.ociLayerGzip, zstd: MEDIA_TYPE.ociLayerZstd, none: MEDIA_TYPE.ociLayer };
      assert.deepEqual([...types], [oci[to]]);
      assert.deepEqual((await configOf(image)).rootfs.diff_ids, (await configOf(`${place}:one`)).rootfs.diff_ids);
    }
    const docker = await mod(
      `${place}:one`,
      "--layer-compress",
      "zstd",
      "--to-docker",
      "--layer-time",
      "set=2020-01-01T00:00:00Z",
    );
    const manifest = await manifestOf(docker);
    assert.equal(manifest.mediaType, MEDIA_TYPE.dockerManifest);
    assert.equal(manifest.config.mediaType, MEDIA_TYPE.dockerConfig);
    assert.deepEqual(
      new Set(manifest.layers.map(({ mediaType }) => mediaType)),
      new Set(["application/vnd.docker.image.rootfs.diff.tar.zstd"]),
    );
    assert.deepEqual((await entriesOf(docker)).length, 3);
  }));

Deno.test("zstd of several frames is read whole", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const tar = await archiveOf([file("a", "x".repeat(3000)), file("b", "y".repeat(3000))]);
    const parts = [tar.subarray(0, 2000), tar.subarray(2000, 5000), tar.subarray(5000)].map((part) =>
      zstdCompressSync(part)
    );
    const bytes = new Uint8Array(await new Blob(parts.map((part) => new Uint8Array(part))).arrayBuffer());
    const digest = content.addBlob(bytes);
    const descriptor = { mediaType: MEDIA_TYPE.ociLayerZstd, digest, size: bytes.byteLength };
    addImage(content, { tag: "v1", layers: [{ descriptor, diffId: digestOf(tar) }] });
    await writeLayout(content, dir);
    const image = await mod(`ocidir://${dir}:v1`, "--layer-compress", "gzip");
    assert.deepEqual(await namesOf(image), [["a", "b"]]);
    assert.deepEqual((await configOf(image)).rootfs.diff_ids, [digestOf(tar)]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("layers are added, from archives and folders, for all platforms or some", () =>
  inLab(async ({ place, dir }) => {
    await Deno.mkdir(`${dir}/files/sub`, { recursive: true });
    await Deno.writeTextFile(`${dir}/files/sub/x`, "new");
    await Deno.symlink("sub/x", `${dir}/files/link`);
    await Deno.writeFile(`${dir}/layer.tar`, await archiveOf([folder("srv"), file("srv/y", "also")]));
    const image = await mod(
      `${place}:all`,
      ...[
        "--layer-add",
        `dir=${dir}/files`,
        "--layer-add",
        `tar=${dir}/layer.tar,platform=linux/arm64,mediaType=${MEDIA_TYPE.ociLayerZstd}`,
      ],
    );
    assert.deepEqual((await namesOf(image)).at(-1), ["link", "sub", "sub/x"]);
    assert.deepEqual((await namesOf(image, "linux/arm64")).at(-1), ["srv/", "srv/y"]);
    const { history, rootfs } = await configOf(image, "linux/arm64");
    assert.deepEqual(history?.at(-1), { created: "2024-01-01T00:00:00Z", comment: "ferry" });
    assert.deepEqual([history?.length, rootfs.diff_ids.length], [4, 4]);
    const env = { SOURCE_DATE_EPOCH: "1600000000" };
    await ok(["image", "mod", `${place}:one`, "--replace", "--layer-add", `dir=${dir}/files`], {
      env,
      argv0: "regctl",
    });
    assert.deepEqual((await configOf(`${place}:one`)).history?.at(-1), {
      created: "2020-09-13T12:26:40Z",
      comment: "regclient",
    });
  }));

Deno.test("a step after a layer was added is done to it, a step before is not", () =>
  inLab(async ({ place, dir }) => {
    await Deno.mkdir(`${dir}/files`);
    await Deno.writeTextFile(`${dir}/files/x`, "new");
    const [add, time] = [["--layer-add", `dir=${dir}/files`], ["--time", "set=2020-01-01T00:00:00Z"]];
    const before = await mod(`${place}:base`, ...time, ...add);
    assert.notEqual((await entriesOf(before))[1]![0]!.seconds, seconds("2020-01-01T00:00:00Z"));
    assert.equal((await configOf(before)).history?.[1]?.created, "2024-01-01T00:00:00Z");
    const after = await mod(`${place}:base`, ...add, ...time);
    assert.equal((await entriesOf(after))[1]![0]!.seconds, seconds("2020-01-01T00:00:00Z"));
    assert.equal((await configOf(after)).history?.[1]?.created, "2020-01-01T00:00:00Z");
  }));

Deno.test("layers are left out by their number and by what made them", () =>
  inLab(async ({ place }) => {
    const image = await mod(`${place}:one`, "--layer-rm-index", "0", "--layer-rm-index", "1");
    assert.deepEqual(await namesOf(image), [["last"]]);
    const named = await mod(`${place}:all`, "--layer-rm-created-by", "r 1$");
    assert.deepEqual(await namesOf(named, "linux/arm64"), [["etc/", "etc/secret", "etc/keep"]]);
    assert.deepEqual((await configOf(named)).history?.map((step) => step.created_by), ["layer 0"]);
    for (
      const [image, flag, value, pattern] of [
        [`${place}:all`, "--layer-rm-index", "0", /Layers of an index have no numbers/],
        [`${place}:one`, "--layer-rm-index", "3", /Image has no layer 3: it has 3/],
        [`${place}:all`, "--layer-rm-created-by", "nothing", /No layer was made by/],
      ] as const
    ) assert.match((await run(["image", "mod", image, flag, value])).stderr, pattern);
  }));

Deno.test("an archive in a layer gets its times, and stays readable", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const inner = await archiveOf([file("deep", "text"), file("old", "o", { mtime: { seconds: 1, nanos: 0 } })]);
    const layer = await addTarLayer(content, [
      file("in.tar", new TextDecoder().decode(inner)),
      file("not.tar", "x".repeat(600)),
    ]);
    addImage(content, { tag: "v1", layers: [layer] });
    await writeLayout(content, dir);
    const place = `ocidir://${dir}:v1`;
    const option = "set=2020-01-01T00:00:00Z,after=2010-01-01T00:00:00Z";
    const image = await mod(place, "--file-tar-time", `filename=/in.tar,${option}`);
    const [entries] = await entriesOf(image);
    assert.equal(entries![0]!.seconds, ENTRY_SECONDS);
    const { readTar } = await import("../../src/archive/tar_read.ts");
    const times: number[] = [];
    for await (
      const { header } of readTar(async function* () {
        yield await Promise.resolve(new TextEncoder().encode(entries![0]!.text));
      }())
    ) times.push(header.mtime.seconds);
    assert.deepEqual(times, [seconds("2020-01-01T00:00:00Z"), 1]);
    const bad = await run(["image", "mod", place, "--file-tar-time", `filename=not.tar,${option}`]);
    assert.equal(bad.code, 6);
    assert.match(bad.stderr, /File "not.tar" is not an archive/);
    const same = await mod(
      place,
      "--file-tar-time",
      "filename=in.tar,set=2020-01-01T00:00:00Z,after=2030-01-01T00:00:00Z",
    );
    assert.equal((await manifestOf(same)).layers[0]!.digest, (await manifestOf(place)).layers[0]!.digest);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("layers that nothing touches are not read", () =>
  inLab(async ({ place, dir, content }) => {
    const { layers } = content.manifest("one");
    await Deno.remove(`${dir}/layout/blobs/sha256/${layers[1]!.digest.slice(7)}`);
    await ok(["image", "mod", `${place}:one`, "--label", "a=b", "--to-docker"]);
    await ok(["image", "mod", `${place}:one`, "--layer-time", "set=2020-01-01T00:00:00Z,base-layers=2"]);
    assert.equal((await run(["image", "mod", `${place}:one`, "--reproducible"])).code, 5);
  }));
