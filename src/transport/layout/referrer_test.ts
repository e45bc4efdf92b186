import assert from "node:assert/strict";
import { digestOf } from "../../oci/digest.ts";
import { withDigest } from "../../reference/reference.ts";
import { checkLayout, Content, fallbackTag, pushContent, writeLayout } from "../../../test/support/content.ts";
import { addArtifact, addImage, addLayer } from "../../../test/support/images.ts";
import { layoutReference, readIndexJson, temporaryFolder } from "../../../test/peers/layout_place.ts";
import { createLayoutTransport } from "./mod.ts";
import { fallbackTag as ourTag } from "../../oci/referrers_tag.ts";

function family(): { content: Content; subject: string; referrers: string[] } {
  const content = new Content();
  const subject = addImage(content, { tag: "subject", layers: [addLayer(content, 1)] });
  const sbom = addArtifact(content, { artifactType: "a/sbom", subject, annotations: { k: "v" } });
  const signature = addArtifact(content, { artifactType: "a/sig", subject });
  return { content, subject: subject.digest, referrers: [sbom.digest, signature.digest].sort() };
}

async function digests(path: string, subject: string): Promise<string[]> {
  const place = withDigest(layoutReference(path), subject);
  const { descriptors } = await createLayoutTransport().listReferrers(place);
  return descriptors.map(({ digest }) => digest).sort();
}

Deno.test("referrers that index.json lists without a fallback list are found, as oras writes them", async () => {
  await using folder = await temporaryFolder();
  const { content, subject, referrers } = family();
  await writeLayout(content, folder.path);
  const index = await readIndexJson(folder.path);
  const entries = [
    ...index.manifests.filter((entry) =>
      (entry.annotations as Record<string, string>)["org.opencontainers.image.ref.name"] === "subject"
    ),
    ...referrers.map((digest) => {
      const { mediaType, size } = content.manifest(digest).descriptor;
      return { mediaType, digest, size };
    }),
  ];
  await Deno.writeTextFile(`${folder.path}/index.json`, JSON.stringify({ ...index, manifests: entries }));
  assert.deepEqual(await digests(folder.path, subject), referrers);
  const transport = createLayoutTransport();
  const found = await transport.listReferrers(withDigest(layoutReference(folder.path), subject), {
    artifactType: "a/sbom",
  });
  assert.deepEqual(found.descriptors.map(({ annotations }) => annotations?.k), ["v"]);
});

Deno.test("a list without artifact types and with doubles gives each referrer once, with its type", async () => {
  await using folder = await temporaryFolder();
  const { content, subject, referrers } = family();
  const list = content.referrers(subject).map(({ descriptor: { mediaType, digest, size } }) => ({
    mediaType,
    digest,
    size,
  }));
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [...list, ...list],
    }),
  );
  content.addManifest("application/vnd.oci.image.index.v1+json", bytes, fallbackTag(subject));
  await writeLayout(content, folder.path);
  const place = withDigest(layoutReference(folder.path), subject);
  const { descriptors, from } = await createLayoutTransport().listReferrers(place);
  assert.equal(from, "tag");
  assert.deepEqual(descriptors.map(({ digest }) => digest).sort(), referrers);
  assert.deepEqual(descriptors.map(({ artifactType }) => artifactType).sort(), ["a/sbom", "a/sig"]);
});

Deno.test("lists that were replaced on the way are gone when the work ends", async () => {
  await using folder = await temporaryFolder();
  const { content, subject, referrers } = family();
  await pushContent(content, createLayoutTransport(), layoutReference(folder.path));
  assert.deepEqual(await digests(folder.path, subject), referrers);
  const { blobs, tags } = await checkLayout(folder.path);
  const known = new Set([...content.blobs.keys(), ...content.manifests.keys()]);
  assert.deepEqual([...blobs].filter((digest) => !known.has(digest)), [tags.get(fallbackTag(subject))]);
});

Deno.test("the list of a subject goes with its last referrer", async () => {
  await using folder = await temporaryFolder();
  const { content, subject, referrers } = family();
  const transport = createLayoutTransport();
  const place = layoutReference(folder.path);
  await pushContent(content, transport, place);
  for (const digest of referrers) await transport.deleteManifest(withDigest(place, digest));
  await transport.close(place);
  assert.deepEqual((await transport.listTags(place)).tags, ["subject"]);
  assert.deepEqual(await transport.listReferrers(withDigest(place, subject)), { descriptors: [], from: "none" });
});

Deno.test("unknown fields of a list survive when a referrer is added", async () => {
  await using folder = await temporaryFolder();
  const { content, subject } = family();
  const bytes = new TextEncoder().encode(JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{ ...content.manifest("subject").descriptor, "x-entry": [1] }],
    annotations: { a: "b" },
    "x-list": { deep: true },
  }));
  content.addManifest("application/vnd.oci.image.index.v1+json", bytes, fallbackTag(subject));
  const place = layoutReference(folder.path);
  const transport = createLayoutTransport();
  const referrer = content.referrers(subject)[0]!;
  await writeLayout(content, folder.path);
  await transport.putManifest(withDigest(place, referrer.descriptor.digest), referrer);
  const list = await transport.getManifest({ ...place, tag: fallbackTag(subject) });
  assert.deepEqual([list.json["x-list"], list.json.annotations], [{ deep: true }, { a: "b" }]);
  assert.equal(
    (list.json.manifests as { "x-entry"?: unknown }[]).filter((entry) => entry["x-entry"] !== undefined).length,
    1,
  );
  assert.equal(list.manifests.length, 2);
});

Deno.test("fallback tags are no longer than a tag may be", () => {
  assert.equal(ourTag(digestOf(new Uint8Array())), `sha256-${digestOf(new Uint8Array()).slice(7)}`);
  const long = digestOf(new Uint8Array(), "sha512");
  assert.equal(ourTag(long), `sha512-${long.slice(7, 71)}`);
});
