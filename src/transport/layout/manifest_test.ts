import assert from "node:assert/strict";
import { FerryError, isFerryError } from "../../errors.ts";
import { digestOf } from "../../oci/digest.ts";
import { buildManifest, MANIFEST_MAX_BYTES } from "../../oci/manifest.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import { withDigest, withTag } from "../../reference/reference.ts";
import { Content, pushContent, writeLayout } from "../../../test/support/content.ts";
import { addImage, addIndex, addLayer } from "../../../test/support/images.ts";
import { addMulti, plainSample } from "../../../test/support/sample.ts";
import { layoutReference, namesOf, readIndexJson, temporaryFolder } from "../../../test/peers/layout_place.ts";
import { createLayoutTransport } from "./mod.ts";
import { blobPath } from "./paths.ts";

const REF_NAME = "org.opencontainers.image.ref.name";

function failsWith(...codes: string[]) {
  return (error: unknown) => error instanceof FerryError && codes.includes(error.code);
}

function image(seed: number, tag?: string): Content {
  const content = new Content();
  addImage(content, { layers: [addLayer(content, seed)], ...(tag === undefined ? {} : { tag }) });
  return content;
}

Deno.test("children of an index get no entry, a manifest alone gets one when the work ends", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path);
  const content = new Content();
  const multi = addMulti(content, "multi");
  const alone = addImage(content, { layers: [addLayer(content, 77)] });
  const transport = createLayoutTransport();
  await pushContent(content, transport, place);
  const { manifests } = await readIndexJson(folder.path);
  assert.deepEqual(manifests, [
    { mediaType: multi.mediaType, digest: multi.digest, size: multi.size, annotations: { [REF_NAME]: "multi" } },
    { mediaType: alone.mediaType, digest: alone.digest, size: alone.size },
  ]);
});

Deno.test("an index that is put by digest is listed, its children are not", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path);
  const content = new Content();
  const multi = addMulti(content, "unused");
  content.tags.clear();
  await pushContent(content, createLayoutTransport(), place);
  assert.deepEqual((await readIndexJson(folder.path)).manifests.map(({ digest }) => digest), [multi.digest]);
});

Deno.test("children that were listed since the work ended early lose their entry when the parent comes", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path);
  const content = new Content();
  const multi = addMulti(content, "multi");
  const transport = createLayoutTransport();
  for (const child of content.manifest("multi").manifests) {
    await transport.putManifest(withDigest(place, child.digest), content.manifest(child.digest));
  }
  await transport.close(place);
  assert.equal((await readIndexJson(folder.path)).manifests.length, 3);
  await transport.putManifest(withTag(place, "multi"), content.manifest("multi"));
  assert.deepEqual((await readIndexJson(folder.path)).manifests.map(({ digest }) => digest), [multi.digest]);
});

Deno.test("the same push makes the same bytes, whatever the time", async () => {
  await using folder = await temporaryFolder();
  const texts = await Promise.all(["a", "b"].map(async (name) => {
    const place = layoutReference(`${folder.path}/${name}`);
    await pushContent(plainSample(), createLayoutTransport(), place);
    return await Deno.readTextFile(`${place.path}/index.json`);
  }));
  assert.equal(texts[0], texts[1]);
  assert(!texts[0]!.includes("created"));
  const dated = layoutReference(`${folder.path}/dated`);
  await pushContent(image(1, "t"), createLayoutTransport({ created: "2024-01-01T00:00:00Z" }), dated);
  const { manifests } = await readIndexJson(dated.path);
  assert.deepEqual(manifests[0]!.annotations, {
    "org.opencontainers.image.created": "2024-01-01T00:00:00Z",
    [REF_NAME]: "t",
  });
});

Deno.test("with hundreds of tags, what others write to index.json meanwhile is seen, and kept", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path);
  const content = image(1, "t");
  const transport = createLayoutTransport();
  await pushContent(content, transport, place);
  const manifest = content.manifest("t");
  const other = buildManifest({ ...manifest.json, annotations: { other: "yes" } }, manifest.descriptor.mediaType);
  const path = `${folder.path}/index.json`;
  const entry = (name: string, { digest, mediaType, size } = manifest.descriptor) => ({
    mediaType,
    digest,
    size,
    annotations: { [REF_NAME]: name },
  });
  const many = Array.from({ length: 400 }, (_, at) => entry(`many-${at}`));
  const write = async (entries: readonly unknown[]) => {
    // The clocks of file systems tick some hundred times a second.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Deno.writeTextFile(path, JSON.stringify({ schemaVersion: 2, own: "kept", manifests: entries }));
  };
  await write([entry("t"), ...many]);
  assert.equal((await transport.listTags(place)).tags.length, 401);
  await transport.putManifest(withTag(place, "fresh"), other);
  assert.deepEqual((await transport.getManifest(withTag(place, "fresh"))).raw, other.raw);
  // The same number of bytes in the same file.
  const { size } = await Deno.stat(path);
  await write([entry("t"), ...many.slice(1), entry("many-x"), entry("fresh", other.descriptor)]);
  assert.equal((await Deno.stat(path)).size, size);
  assert.deepEqual((await transport.headManifest(withTag(place, "many-x")))?.digest, manifest.descriptor.digest);
  assert.equal(await transport.headManifest(withTag(place, "many-0")), undefined);
  // Another process adds a tag, and so does this one.
  await pushContent(image(2, "elsewhere"), createLayoutTransport(), place);
  await transport.putManifest(withTag(place, "here"), manifest);
  const json = JSON.parse(await Deno.readTextFile(path));
  assert.equal(json.own, "kept");
  const names = json.manifests.map((one: { annotations?: Record<string, string> }) => one.annotations?.[REF_NAME]);
  assert.deepEqual(names, [
    "t",
    ...many.slice(1).map((one) => one.annotations[REF_NAME]),
    "many-x",
    "fresh",
    "elsewhere",
    "here",
  ]);
});

Deno.test("a manifest whose file is damaged: GET fails, HEAD by digest says it is not there, PUT mends it", async () => {
  await using folder = await temporaryFolder();
  const content = image(2, "t");
  const transport = createLayoutTransport();
  const place = layoutReference(folder.path);
  await pushContent(content, transport, place);
  const manifest = content.manifest("t");
  const path = blobPath(folder.path, manifest.descriptor.digest);
  const damaged = manifest.raw.slice();
  damaged[damaged.length - 2] = 0x20;
  await Deno.writeFile(path, damaged);
  await assert.rejects(transport.getManifest(withTag(place, "t")), failsWith("DIGEST_MISMATCH", "MANIFEST_INVALID"));
  assert.equal(await transport.headManifest(withDigest({ ...place }, digestOf(damaged))), undefined);
  await Deno.writeFile(path, manifest.raw.subarray(5));
  await assert.rejects(
    transport.getManifest(withTag(place, "t")),
    failsWith("SIZE_MISMATCH", "DIGEST_MISMATCH", "MANIFEST_INVALID"),
  );
  assert.equal(await transport.headManifest(withTag(place, "t")), undefined);
  await transport.putManifest(withTag(place, "t"), manifest);
  assert.deepEqual((await transport.getManifest(withTag(place, "t"))).raw, manifest.raw);
});

Deno.test("an entry whose file is gone", async () => {
  await using folder = await temporaryFolder();
  const content = image(3, "t");
  const transport = createLayoutTransport();
  const place = layoutReference(folder.path);
  await pushContent(content, transport, place);
  await Deno.remove(blobPath(folder.path, content.manifest("t").descriptor.digest));
  assert.equal(await transport.headManifest(withTag(place, "t")), undefined);
  await assert.rejects(transport.getManifest(withTag(place, "t")), failsWith("MANIFEST_UNKNOWN"));
});

Deno.test("a manifest of more than 8 MiB is refused before it is read", async () => {
  await using folder = await temporaryFolder();
  await writeLayout(image(4, "t"), folder.path);
  const digest = `sha256:${"b".repeat(64)}`;
  const path = blobPath(folder.path, digest);
  await Deno.writeTextFile(path, "{}");
  await Deno.truncate(path, MANIFEST_MAX_BYTES + 1);
  const place = withDigest(layoutReference(folder.path), digest);
  await assert.rejects(createLayoutTransport().getManifest(place), failsWith("MANIFEST_TOO_LARGE"));
});

Deno.test("a missing tag: the hint lists what there is, and nothing is guessed", async () => {
  await using folder = await temporaryFolder();
  await writeLayout(image(5, "only"), folder.path);
  const transport = createLayoutTransport();
  for (const [tag, said] of [["", "latest"], ["none", "none"]] as const) {
    await assert.rejects(transport.getManifest(layoutReference(folder.path, tag)), (error) => {
      assert(isFerryError(error, "MANIFEST_UNKNOWN"));
      assert(error.message.includes(`"${said}"`), error.message);
      assert(error.hint?.includes("only"));
      return true;
    });
  }
});

Deno.test("what is no layout: nothing there, a folder, a broken layout", async () => {
  await using folder = await temporaryFolder();
  const transport = createLayoutTransport();
  const nothing = layoutReference(`${folder.path}/nothing`, "t");
  await assert.rejects(transport.getManifest(nothing), failsWith("NAME_UNKNOWN"));
  assert.equal(await transport.headManifest(nothing), undefined);
  assert.deepEqual(await transport.listReferrers(withDigest(nothing, digestOf(new Uint8Array()))), {
    descriptors: [],
    from: "none",
  });
  const plain = layoutReference(folder.path, "t");
  await assert.rejects(transport.getManifest(plain), failsWith("LAYOUT_INVALID"));
  await assert.rejects(transport.ping(plain), failsWith("LAYOUT_INVALID"));
  await assert.rejects(transport.deleteTag(plain), failsWith("LAYOUT_INVALID"));
  assert.deepEqual(namesOf(folder.path), []);
  await Deno.writeTextFile(`${folder.path}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
  assert.deepEqual((await transport.listTags(plain)).tags, []);
  await Deno.writeTextFile(`${folder.path}/index.json`, '{"manifests":');
  await assert.rejects(transport.listTags(plain), failsWith("LAYOUT_INVALID"));
  await assert.rejects(transport.putManifest(plain, image(6, "t").manifest("t")), failsWith("LAYOUT_INVALID"));
  assert.equal(await Deno.readTextFile(`${folder.path}/index.json`), '{"manifests":');
});

Deno.test("entries of other tools: full names, no mediaType, nested indexes, sha512", async () => {
  await using folder = await temporaryFolder();
  const content = new Content();
  const one = addImage(content, { tag: "one", layers: [addLayer(content, 7)] });
  const nested = addIndex(content, { tag: "nested", manifests: [addIndex(content, { manifests: [one] })] });
  addImage(content, { tag: "long", layers: [addLayer(content, 8, 100, "sha512")], algorithm: "sha512" });
  await writeLayout(content, folder.path);
  const index = await readIndexJson(folder.path);
  delete index.mediaType;
  for (const entry of index.manifests) {
    const tag = (entry.annotations as Record<string, string>)[REF_NAME];
    if (tag === "one") entry.annotations = { "io.containerd.image.name": "docker.io/library/x:one" };
    if (tag === "nested") {
      entry.annotations = { [REF_NAME]: "docker.io/library/x:nested" };
      delete entry.mediaType;
    }
  }
  await Deno.writeTextFile(`${folder.path}/index.json`, JSON.stringify(index));
  const transport = createLayoutTransport();
  assert.deepEqual((await transport.listTags(layoutReference(folder.path))).tags, ["long", "nested", "one"]);
  for (const tag of ["one", "nested", "long"]) {
    const expected = content.manifest(tag).descriptor;
    const got = await transport.getManifest(layoutReference(folder.path, tag));
    assert.equal(got.descriptor.digest, expected.digest);
    assert.equal((await transport.headManifest(layoutReference(folder.path, tag)))?.mediaType, expected.mediaType);
  }
  const outer = await transport.getManifest(layoutReference(folder.path, "nested"));
  assert.equal(outer.descriptor.digest, nested.digest);
  const inner = await transport.getManifest(withDigest(layoutReference(folder.path), outer.manifests[0]!.digest));
  assert.deepEqual(inner.manifests.map(({ digest }) => digest), [one.digest]);
});

Deno.test("a manifest of a type that is not known is stored and read", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path, "odd");
  const manifest = buildManifest(
    { schemaVersion: 2, mediaType: "application/x.odd+json", a: 1 },
    "application/x.odd+json",
  );
  const transport = createLayoutTransport();
  await transport.putManifest(place, manifest);
  assert.equal((await transport.getManifest(place)).descriptor.mediaType, "application/x.odd+json");
  assert.equal((await transport.headManifest(place))?.digest, manifest.descriptor.digest);
});

Deno.test("deleting a manifest by its tag takes all its entries, and a deleted tag only itself", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path);
  const content = image(9, "a");
  const transport = createLayoutTransport();
  await pushContent(content, transport, place);
  for (const tag of ["b", "c"]) await transport.putManifest(withTag(place, tag), content.manifest("a"));
  await transport.deleteTag(withTag(place, "b"));
  assert.deepEqual((await transport.listTags(place)).tags, ["a", "c"]);
  await transport.deleteManifest(withTag(place, "a"));
  await transport.close(place);
  assert.deepEqual((await readIndexJson(folder.path)).manifests, []);
  assert.equal(await transport.headManifest(withDigest(place, content.manifest("a").descriptor.digest)), undefined);
});

Deno.test("paths with spaces, relative paths and paths from elsewhere mean the same layout", async () => {
  await using folder = await temporaryFolder();
  const content = image(10, "t");
  const transport = createLayoutTransport();
  const path = `${folder.path}/a b+c~`;
  await pushContent(content, transport, layoutReference(`${folder.path}/./x/../a b+c~`));
  const got = await transport.getManifest(layoutReference(path, "t"));
  assert.equal(got.descriptor.mediaType, MEDIA_TYPE.ociManifest);
});
