import assert from "node:assert/strict";
import { FerryError } from "../../errors.ts";
import { withDigest, withTag } from "../../reference/reference.ts";
import { checkLayout, Content, pushContent, writeLayout } from "../../../test/support/content.ts";
import { addArtifact, addImage, addLayer } from "../../../test/support/images.ts";
import { plainSample } from "../../../test/support/sample.ts";
import { bytesSource, noise } from "../../../test/support/sources.ts";
import { layoutReference, makeOld, namesOf, temporaryFolder } from "../../../test/peers/layout_place.ts";
import { collectGarbage, createLayoutTransport } from "./mod.ts";
import { blobPath } from "./paths.ts";

const HOUR = 3_600_000;

function image(seed: number, tag: string): Content {
  const content = new Content();
  addImage(content, { tag, layers: [addLayer(content, seed)] });
  return content;
}

Deno.test("nothing that an entry leads to is collected, however old", async () => {
  await using folder = await temporaryFolder();
  const content = plainSample();
  await writeLayout(content, folder.path);
  const before = await checkLayout(folder.path);
  await makeOld(folder.path, 1000 * HOUR);
  const { digests, bytes, partials } = await collectGarbage(folder.path, { grace: 0 });
  assert.deepEqual([digests, bytes, partials], [[], 0, 0]);
  assert.deepEqual(await checkLayout(folder.path), before);
});

Deno.test("what is old and belongs to nothing goes; a dry run only says so", async () => {
  await using folder = await temporaryFolder();
  const transport = createLayoutTransport();
  const place = layoutReference(folder.path);
  await pushContent(image(1, "keep"), transport, place);
  const { descriptor } = await transport.putBlob(place, bytesSource(noise(2, 500)));
  assert.deepEqual((await collectGarbage(folder.path)).digests, []);
  await makeOld(folder.path, 2 * HOUR);
  const said = await collectGarbage(folder.path, { dryRun: true });
  assert.deepEqual([said.digests, said.bytes], [[descriptor.digest], 500]);
  assert.notEqual(await transport.headBlob(place, descriptor.digest), undefined);
  assert.deepEqual((await collectGarbage(folder.path, { grace: 3 * HOUR })).digests, []);
  assert.deepEqual(await collectGarbage(folder.path), said);
  assert.equal(await transport.headBlob(place, descriptor.digest), undefined);
  await transport.getManifest(withTag(place, "keep"));
  assert.deepEqual(namesOf(folder.path), ["blobs", "index.json", "oci-layout"]);
});

Deno.test("close collects what a deleted tag leaves when it is old, and keeps what another tag shares", async () => {
  await using folder = await temporaryFolder();
  const content = new Content();
  const shared = addLayer(content, 3);
  addImage(content, { tag: "a", layers: [shared, addLayer(content, 4)] });
  addImage(content, { tag: "b", layers: [shared, addLayer(content, 5)] });
  const place = layoutReference(folder.path);
  await pushContent(content, createLayoutTransport(), place);
  await makeOld(folder.path, 2 * HOUR);
  const transport = createLayoutTransport();
  await transport.deleteTag(withTag(place, "a"));
  await transport.close(place);
  const { blobs, tags } = await checkLayout(folder.path);
  assert.deepEqual([...tags.keys()], ["b"]);
  const kept = content.manifest("b");
  assert.deepEqual(
    blobs,
    new Set([kept.descriptor.digest, kept.config!.digest, ...kept.layers.map(({ digest }) => digest)]),
  );
});

Deno.test("close collects nothing when nothing was deleted or replaced", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path);
  const transport = createLayoutTransport();
  await pushContent(image(6, "a"), transport, place);
  const { descriptor } = await transport.putBlob(place, bytesSource(noise(7, 100)));
  await makeOld(folder.path, 2 * HOUR);
  await pushContent(image(8, "b"), transport, place);
  assert.notEqual(await transport.headBlob(place, descriptor.digest), undefined);
});

Deno.test("what another copy has just come to count on stays, although it was old and belongs to nothing yet", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path);
  const first = createLayoutTransport();
  await pushContent(image(9, "a"), first, place);
  const layer = bytesSource(noise(10, 1000));
  await first.putBlob(place, layer);
  await makeOld(folder.path, 2 * HOUR);
  const other = createLayoutTransport();
  assert.equal((await other.putBlob(place, layer)).outcome, "exists");
  await first.deleteTag(withTag(place, "a"));
  await first.close(place);
  assert.notEqual(await first.headBlob(place, layer.descriptor.digest), undefined);
});

Deno.test("files that are no blobs are left alone", async () => {
  await using folder = await temporaryFolder();
  await writeLayout(image(11, "a"), folder.path);
  const others = ["sha256/temporary.123", "sha256/ABC", "other/file", "sha512/x"].map((name) =>
    `${folder.path}/blobs/${name}`
  );
  for (const path of others) {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, "x");
  }
  await makeOld(folder.path, 100 * HOUR);
  await collectGarbage(folder.path, { grace: 0 });
  for (const path of others) assert((await Deno.stat(path)).isFile, path);
});

Deno.test("partial files go when they are very old and nobody has them", async () => {
  await using folder = await temporaryFolder();
  await writeLayout(image(12, "a"), folder.path);
  const partials = folder.path;
  const names = [".ferry-partial-young", ".ferry-partial-old", ".ferry-partial-locked", ".ferry-tmp-old", "other-old"];
  for (const name of names) await Deno.writeTextFile(`${partials}/${name}`, "12345");
  const old = new Date(Date.now() - 25 * HOUR);
  for (const name of names.slice(1)) await Deno.utime(`${partials}/${name}`, old, old);
  {
    using locked = await Deno.open(`${partials}/.ferry-partial-locked`, { write: true });
    assert(await locked.tryLock(true));
    const { partials: gone, bytes } = await collectGarbage(folder.path);
    assert.deepEqual([gone, bytes], [2, 10]);
  }
  assert.deepEqual(namesOf(partials), [
    ".ferry-partial-locked",
    ".ferry-partial-young",
    "blobs",
    "index.json",
    "oci-layout",
    "other-old",
  ]);
});

Deno.test("where a manifest cannot be read nothing is collected: nobody knows what it leads to", async () => {
  await using folder = await temporaryFolder();
  const content = image(13, "a");
  const place = layoutReference(folder.path);
  await pushContent(content, createLayoutTransport(), place);
  await Deno.writeTextFile(blobPath(folder.path, content.manifest("a").descriptor.digest), "{");
  await makeOld(folder.path, 2 * HOUR);
  await assert.rejects(
    collectGarbage(folder.path),
    (error) => error instanceof FerryError && error.code === "LAYOUT_INVALID",
  );
  const warnings: string[] = [];
  const log = { debug: () => {}, warn: (message: string) => void warnings.push(message) };
  const transport = createLayoutTransport({ log });
  await pushContent(image(14, "b"), transport, place);
  await transport.deleteTag(withTag(place, "b"));
  await transport.close(place);
  assert.deepEqual(warnings, ["garbage was not collected"]);
  for (const digest of content.blobs.keys()) assert.notEqual(await transport.headBlob(place, digest), undefined);
});

Deno.test("sparse indexes and circles of referrers come to an end", async () => {
  await using folder = await temporaryFolder();
  const content = new Content();
  const subject = addImage(content, { tag: "t", layers: [addLayer(content, 15)] });
  const sbom = addArtifact(content, { artifactType: "a/b", subject });
  addArtifact(content, { artifactType: "a/c", subject: sbom, tag: `sha256-${sbom.digest.slice(7)}` });
  await writeLayout(content, folder.path);
  const gone = content.manifest("t").layers[0]!.digest;
  await Deno.remove(blobPath(folder.path, gone));
  await makeOld(folder.path, 2 * HOUR);
  assert.deepEqual((await collectGarbage(folder.path, { grace: 0 })).digests, []);
  const transport = createLayoutTransport();
  const { descriptors } = await transport.listReferrers(withDigest(layoutReference(folder.path), subject.digest));
  assert.deepEqual(descriptors.map(({ digest }) => digest), [sbom.digest]);
});

Deno.test("a folder that is no layout is not touched", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(`${folder.path}/blobs/sha256`, { recursive: true });
  await Deno.writeTextFile(`${folder.path}/blobs/sha256/${"a".repeat(64)}`, "x");
  await assert.rejects(
    collectGarbage(folder.path, { grace: 0 }),
    (error) => error instanceof FerryError && error.code === "LAYOUT_INVALID",
  );
  assert.deepEqual(namesOf(`${folder.path}/blobs/sha256`), ["a".repeat(64)]);
});

Deno.test("a blob that somebody comes to count on in the very moment of its collection is put back", async () => {
  await using folder = await temporaryFolder();
  await writeLayout(image(20, "a"), folder.path);
  const transport = createLayoutTransport();
  const { descriptor } = await transport.putBlob(layoutReference(folder.path), bytesSource(noise(21, 100)));
  await makeOld(folder.path, 2 * HOUR);
  const rename = Deno.rename;
  const touching = async (from: string, to: string): Promise<void> => {
    Object.defineProperty(Deno, "rename", { value: rename });
    await Deno.utime(from, new Date(), new Date());
    await rename(from, to);
  };
  Object.defineProperty(Deno, "rename", { value: touching, configurable: true, writable: true });
  try {
    assert.deepEqual((await collectGarbage(folder.path)).digests, []);
    assert.equal(Deno.rename, rename, "nothing was renamed, so the test shows nothing");
  } finally {
    Object.defineProperty(Deno, "rename", { value: rename });
  }
  assert((await checkLayout(folder.path)).blobs.has(descriptor.digest));
});
