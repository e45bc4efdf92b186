/** Bundles that somebody made by hand, with other things in mind. */
import assert from "node:assert/strict";
import { tarHeader } from "../../src/archive/tar_header.ts";
import { TAR_END, tarEntry } from "../../src/archive/tar_write.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { BundlePlace } from "./place.ts";

const encoder = new TextEncoder();
const NAME = "a.example.org/team/app:v1";
const LAYER = "hello";
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: MEDIA_TYPE.ociManifest,
  config: { mediaType: MEDIA_TYPE.ociEmpty, digest: digest("{}"), size: 2 },
  layers: [{ mediaType: "text/plain", digest: digest(LAYER), size: 5 }],
});

function digest(text: string): string {
  return digestOf(encoder.encode(text));
}

type File = readonly [name: string, text: string];

async function archiveOf(files: readonly File[], end = TAR_END): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const [name, text] of files) {
    const bytes = encoder.encode(text);
    for await (const piece of tarEntry(tarHeader(name, { size: bytes.byteLength }), bytes)) pieces.push(piece.slice());
  }
  return new Uint8Array(await new Blob([...pieces, end] as BlobPart[]).arrayBuffer());
}

function blobs(...texts: string[]): File[] {
  return texts.map((text) => [`blobs/${digest(text).replace(":", "/")}`, text]);
}

/** A bundle of one image, with its index changed. */
function bundleOf(name = NAME, change: (index: string) => string = (index) => index): File[] {
  const mediaType = MEDIA_TYPE.ociManifest;
  const index = {
    version: 1,
    createdBy: "x",
    images: [{ name, source: "x", digest: digest(MANIFEST), mediaType, size: 1 }],
    content: [
      { kind: "manifest", digest: digest(MANIFEST), size: MANIFEST.length, mediaType },
      { kind: "blob", digest: digest(LAYER), size: LAYER.length },
      { kind: "blob", digest: digest("{}"), size: 2 },
    ],
  };
  return [["bundle.json", change(JSON.stringify(index))], ...blobs(MANIFEST, LAYER, "{}")];
}

class Hostile implements AsyncDisposable {
  constructor(readonly place: BundlePlace) {}

  async push(bytes: Uint8Array, to = this.place.target.host) {
    await Deno.writeFile(this.place.path("bad.tar"), bytes);
    return await this.place.bundle("push", this.place.path("bad.tar"), "--to", to);
  }

  async verify(bytes: Uint8Array) {
    await Deno.writeFile(this.place.path("bad.tar"), bytes);
    return await this.place.bundle("verify", this.place.path("bad.tar"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.place[Symbol.asyncDispose]();
  }
}

Deno.test("a bundle made by hand is pushed where all of it is right", async () => {
  await using hostile = new Hostile(await BundlePlace.open());
  const { code, stderr } = await hostile.push(await archiveOf(bundleOf()));
  assert.equal(code, 0, stderr);
  assert.equal(await hostile.place.digestAt("team/app", "v1"), digest(MANIFEST));
});

Deno.test("a name that leads elsewhere, or promises another image, is refused", async () => {
  await using hostile = new Hostile(await BundlePlace.open());
  const other = digest("other");
  const layout = `ocidir://${hostile.place.path("out")}`;
  const cases: readonly (readonly [string, RegExp])[] = [
    ["ocidir://../../x:v1", /the name of an image is none of a registry/],
    [`ocidir://${hostile.place.path("evil")}`, /the name of an image is none of a registry/],
    [`a.example.org/team/app@${other}`, /the name of an image has another digest/],
    [`a.example.org/team/app:v1@${other}`, /the name of an image has another digest/],
  ];
  for (const [name, message] of cases) {
    for (const to of [hostile.place.target.host, layout]) {
      const { code, stderr } = await hostile.push(await archiveOf(bundleOf(name)), to);
      assert.equal(code, 6, stderr);
      assert.match(stderr, message);
    }
  }
  assert.deepEqual(hostile.place.names(), ["bad.tar"]);
  const right = `a.example.org/team/app@${digest(MANIFEST)}`;
  assert.equal((await hostile.push(await archiveOf(bundleOf(right)))).code, 0);
});

Deno.test("names of entries and files do not steer a terminal", async () => {
  await using hostile = new Hostile(await BundlePlace.open());
  const sums: File = ["SHA256SUMS", `${"0".repeat(64)}  \u001b[31mred\n`];
  const listed = await hostile.verify(await archiveOf([...bundleOf(), sums]));
  assert.equal(listed.code, 6);
  assert.match(listed.stdout, /^missing +file +\?\[31mred/);
  const whole = await archiveOf([...bundleOf(), ["\u001b[31mred", "x".repeat(4000)]]);
  const cut = whole.slice(0, -3000);
  const pushed = await hostile.push(cut);
  assert.match(pushed.stderr, /^error: Archive is not valid: it ends within "\\x1b\[31mred"\n/);
  const verified = await hostile.verify(cut);
  assert.match(verified.stdout, /^wrong +archive +bad\.tar .*"\?\[31mred"\n/);
  for (const { stdout, stderr } of [listed, pushed, verified]) assert(!`${stdout}${stderr}`.includes("\u001b"));
});

Deno.test("a bundle that is cut anywhere is refused whole, and named by verify", async () => {
  await using hostile = new Hostile(await BundlePlace.open());
  const whole = await archiveOf(bundleOf());
  for (const length of [0, 1, 511, 512, 700, 1024, whole.length / 2, whole.length - 1024, whole.length - 1030]) {
    const bytes = whole.slice(0, length);
    const pushed = await hostile.push(bytes);
    assert.equal(pushed.code, 6, `${length}: ${pushed.stderr}`);
    assert.match(pushed.stderr, /^error: (Archive is not valid: it (ends|is empty))/, `${length}`);
    const verified = await hostile.verify(bytes);
    assert.equal(verified.code, 6, `${length}: ${verified.stderr}`);
  }
  assert.equal(await hostile.place.digestAt("team/app", "v1"), "");
});

Deno.test("sizes and digests that lie push nothing", async () => {
  await using hostile = new Hostile(await BundlePlace.open());
  const [index, manifest, , config] = bundleOf() as [File, File, File, File];
  const path = blobs(LAYER)[0]![0];
  const text = `{"kind":"blob","digest":"${digest(LAYER)}","size":`;
  const cases: readonly (readonly [string, readonly File[]])[] = [
    ["the index says more", bundleOf(NAME, (old) => old.replace(`${text}5`, `${text}6`))],
    ["a layer is shorter", [index, manifest, [path, "hell"], config]],
    ["a layer is another", [index, manifest, [path, "jello"], config]],
    ["a later entry of the same path is another", [index, manifest, [path, LAYER], config, [path, "jello"]]],
    [
      "a manifest is a layer",
      bundleOf(NAME, (old) => old.replace(`"x","digest":"${digest(MANIFEST)}"`, `"x","digest":"${digest(LAYER)}"`)),
    ],
  ];
  for (const [name, files] of cases) {
    const { code, stderr } = await hostile.push(await archiveOf(files));
    assert.equal(code, 6, `${name}: ${stderr}`);
    assert.equal(await hostile.place.digestAt("team/app", "v1"), "", name);
  }
  const last = await hostile.push(await archiveOf([index, manifest, [path, "jello"], config, [path, LAYER]]));
  assert.equal(last.code, 0, last.stderr);
});

Deno.test("what is no bundle to push is told from one", async () => {
  await using hostile = new Hostile(await BundlePlace.open());
  const index = bundleOf()[0]![1];
  const alone = await hostile.push(encoder.encode(index));
  assert.match(alone.stderr, /bad\.tar" is only the bundle\.json of a bundle\nhint: name the bundle itself/);
  const empty = bundleOf(NAME, (old) => JSON.stringify({ ...JSON.parse(old), images: [] }));
  const none = await hostile.push(await archiveOf(empty));
  assert.deepEqual([none.code, /Bundle ".*" has no image\n/.test(none.stderr)], [5, true]);
});

Deno.test("volumes in another order are found out, with a list or without", async () => {
  await using hostile = new Hostile(await BundlePlace.open());
  const { place } = hostile;
  const file = await place.create("all.tar", "--split", "64KiB");
  await Deno.rename(`${file}.001`, place.path("one"));
  await Deno.rename(`${file}.002`, `${file}.001`);
  await Deno.rename(place.path("one"), `${file}.002`);
  for (const list of [true, false]) {
    if (!list) await Deno.remove(`${file}.sha256`);
    const { code } = await place.bundle("push", file, "--to", place.target.host);
    assert.equal(code, 6);
    const verified = await place.bundle("verify", file, "--format", "json");
    assert.equal(verified.code, 6);
    const states = JSON.parse(verified.stdout).findings.map(({ kind, state }: Record<string, string>) =>
      `${state} ${kind}`
    );
    assert.deepEqual(states, [...(list ? ["wrong volume", "wrong volume"] : []), "wrong archive"]);
  }
  assert.equal(await place.digestAt("org/app", "v1"), "");
});

Deno.test("a base that has other bytes under a digest's path is no base", async () => {
  await using hostile = new Hostile(await BundlePlace.open());
  const { place } = hostile;
  const old = place.path("old.tar");
  await Deno.writeFile(old, await archiveOf([bundleOf()[0]!, ...blobs(MANIFEST, "{}"), [blobs(LAYER)[0]![0], "hell"]]));
  const thin = bundleOf(NAME, (text) => {
    const { content, ...index } = JSON.parse(text);
    return JSON.stringify({ ...index, base: { id: digest("base") }, content: [], needs: content });
  });
  const file = place.path("thin.tar");
  await Deno.writeFile(file, await archiveOf(thin.slice(0, 1)));
  const { stdout } = await place.bundle("verify", file, "--base", old, "--format", "json");
  const { findings } = JSON.parse(stdout);
  const needed = findings.filter(({ state }: { state: string }) => state === "needed");
  assert.deepEqual(needed.map((one: { digest?: string; name: string }) => one.name), [digest(LAYER)]);
});
