/** manifest.json of a bundle: what engines that know no layouts find in it. */
import assert from "node:assert/strict";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { Content, writeLayout } from "../support/content.ts";
import { addArtifact, addImage, addIndex, addLayer, jsonBytes } from "../support/images.ts";
import { isInstalled, needs, runOk } from "../support/programs.ts";
import { BundlePlace, untar } from "./place.ts";

interface Saved {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

const tar = { ignore: !isInstalled("tar") };
const pathOf = ({ digest }: { readonly digest: string }) => `blobs/${digest.replace(":", "/")}`;

/** The list of a bundle; undefined where it has none. */
async function savedIn(place: BundlePlace, file: string): Promise<readonly Saved[] | undefined> {
  const out = await Deno.makeTempDir({ dir: place.dir });
  await untar(file, `${out}/x`);
  await runOk("sha256sum", ["--quiet", "-c", "SHA256SUMS"], { cwd: `${out}/x` });
  const text = await Deno.readTextFile(`${out}/x/manifest.json`).catch(() => undefined);
  if (text === undefined) return undefined;
  assert.match(await Deno.readTextFile(`${out}/x/SHA256SUMS`), / {2}manifest\.json\n/);
  return JSON.parse(text);
}

function entryOf(content: Content, reference: string, names: readonly string[]): Saved {
  const { config, layers } = content.manifest(reference);
  return { Config: pathOf(config!), RepoTags: names, Layers: layers.map(pathOf) };
}

Deno.test({
  name: "each image is listed under its name, of an index the one for linux/amd64",
  ...tar,
  fn: async () => {
    await using place = await BundlePlace.open();
    const amd64 = place.app.manifest("v1").manifests[0]!.digest;
    assert.deepEqual(await savedIn(place, await place.create("all.tar")), [
      entryOf(place.app, amd64, [place.all[0]!]),
      entryOf(place.app, "v0", [place.all[1]!]),
      entryOf(place.tool, "v1", [place.all[2]!]),
    ]);
    await place.ok("create", "-o", place.path("arm.tar"), place.all[0]!, "-p", "linux/arm64");
    const arm64 = place.app.manifest("v1").manifests[1]!.digest;
    assert.deepEqual(await savedIn(place, place.path("arm.tar")), [entryOf(place.app, arm64, [place.all[0]!])]);
  },
});

Deno.test({
  name: "an image has all its names in one entry, one without a tag has none",
  ...tar,
  fn: async () => {
    await using place = await BundlePlace.open();
    const { host } = place.source;
    place.app.copyTo(place.source.repository("org/same"));
    const digest = place.app.resolve("v0")!;
    const file = place.path("a.tar");
    await place.ok("create", "-o", file, `${host}/org/app@${digest}`, `${host}/org/app:v0`, `${host}/org/same:v0`);
    assert.deepEqual(await savedIn(place, file), [
      entryOf(place.app, "v0", [`${host}/org/app:v0`, `${host}/org/same:v0`]),
    ]);
    await place.ok("create", "-o", file, `${host}/org/app@${digest}`);
    assert.deepEqual(await savedIn(place, file), [entryOf(place.app, "v0", [])]);
  },
});

Deno.test({
  name: "what no engine for Linux could load is not listed",
  ...tar,
  fn: async () => {
    await using place = await BundlePlace.open();
    const content = new Content();
    const layer = addLayer(content, 3);
    const windows = addImage(content, {
      tag: "win",
      layers: [layer],
      platform: { os: "windows", architecture: "amd64" },
    });
    const arm = addImage(content, { layers: [layer], platform: { os: "linux", architecture: "arm64" } });
    const riscv = addImage(content, { layers: [layer], platform: { os: "linux", architecture: "riscv64" } });
    addIndex(content, { tag: "index", manifests: [windows, arm, riscv] });
    addIndex(content, { tag: "none", manifests: [windows] });
    addArtifact(content, { tag: "artifact", artifactType: "application/example" });
    for (
      const [tag, text] of [["odd", '"config"'], ["short", '{"os":"linux","rootfs":{"type":"layers","diff_ids":[]}}']]
    ) {
      const config = new TextEncoder().encode(text);
      const manifest = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.ociManifest,
        config: { mediaType: MEDIA_TYPE.ociConfig, digest: content.addBlob(config), size: config.byteLength },
        layers: [layer.descriptor],
      };
      content.addManifest(MEDIA_TYPE.ociManifest, jsonBytes(manifest), tag);
    }
    await writeLayout(content, place.path("layout"));
    const create = async (...tags: string[]) => {
      await place.ok(
        "create",
        "-o",
        place.path("a.tar"),
        ...tags.map((tag) => `ocidir://${place.path("layout")}:${tag}`),
      );
      assert.deepEqual((await place.json("verify", place.path("a.tar"))).findings, []);
      return await savedIn(place, place.path("a.tar"));
    };
    assert.equal(await create("win", "none", "artifact", "odd", "short"), undefined);
    assert.deepEqual(await create("win", "index"), [entryOf(content, arm.digest, ["localhost/layout:index"])]);
  },
});

Deno.test({
  name: "a bundle since another lists only images that it has whole",
  ...tar,
  fn: async () => {
    await using place = await BundlePlace.open();
    const base = place.path("base.tar");
    await place.ok("create", "-o", base, place.all[0]!);
    const file = await place.create("new.tar", "--since", base);
    assert.equal(await savedIn(place, file), undefined, "all share a layer that the base has");
    const content = new Content();
    addImage(content, { tag: "own", layers: [addLayer(content, 70)] });
    content.copyTo(place.source.repository("org/own"));
    const own = `${place.source.host}/org/own:own`;
    await place.ok("create", "-o", file, ...place.all, own, "--since", base);
    assert.deepEqual(await savedIn(place, file), [entryOf(content, "own", [own])]);
  },
});

Deno.test({
  ...needs("skopeo takes images out of a bundle as out of an archive of docker save", "skopeo", "tar"),
  fn: async () => {
    await using place = await BundlePlace.open();
    const file = await place.create("all.tar");
    for (const [at, content, tag] of [[1, place.app, "v0"], [2, place.tool, "v1"]] as const) {
      const to = place.path(`dir-${at}`);
      await runOk("skopeo", ["copy", `docker-archive:${file}:${place.all[at]}`, `dir:${to}`]);
      const written = JSON.parse(await Deno.readTextFile(`${to}/manifest.json`));
      assert.equal(written.config.digest, content.manifest(tag).config!.digest);
    }
    const listed = await runOk("skopeo", [
      "inspect",
      "--override-arch=amd64",
      "--override-os=linux",
      `docker-archive:${file}:${place.all[0]}`,
    ]);
    assert.equal(JSON.parse(listed).Architecture, "amd64");
  },
});

Deno.test("a bundle without the list, as older ones are, is whole and goes to a registry", async () => {
  await using place = await BundlePlace.open();
  const windows = new Content();
  addImage(windows, { tag: "w", layers: [addLayer(windows, 3)], platform: { os: "windows", architecture: "amd64" } });
  windows.copyTo(place.source.repository("org/win"));
  const file = place.path("a.tar");
  await place.ok("create", "-o", file, `${place.source.host}/org/win:w`);
  assert.deepEqual((await place.json("verify", file)).findings, []);
  await place.ok("push", file, "--to", `${place.target.host}/m`);
  assert.equal(await place.digestAt("m/org/win", "w"), windows.resolve("w"));
});
