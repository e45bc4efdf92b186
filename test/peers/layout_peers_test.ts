/** Layouts that other programs write are read, and ours are read by them. */
import assert from "node:assert/strict";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { withDigest, withTag } from "../../src/reference/reference.ts";
import type { Reference } from "../../src/reference/reference.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { checkLayout, Content, fallbackTag, pushContent, writeLayout } from "../support/content.ts";
import { addImage, addLayer } from "../support/images.ts";
import { needs, runOk } from "../support/programs.ts";
import { addMulti, plainSample } from "../support/sample.ts";
import { layoutReference, temporaryFolder } from "./layout_place.ts";

/** Reads everything below a manifest through a transport, which checks what it reads; gives the digests of the manifests. */
async function walk(transport: Transport, place: Reference): Promise<string[]> {
  const manifest = await transport.getManifest(place);
  for (const blob of [...(manifest.config ? [manifest.config] : []), ...manifest.layers]) {
    assert.equal((await transport.headBlob(place, blob.digest))?.size, blob.size);
  }
  const below = await Promise.all(manifest.manifests.map((child) => walk(transport, withDigest(place, child.digest))));
  return [manifest.descriptor.digest, ...below.flat()];
}

function ociSample(): Content {
  const content = new Content();
  addMulti(content, "multi");
  addImage(content, { tag: "single", layers: [addLayer(content, 90)] });
  return content;
}

/** regctl must not find the configuration of whoever runs the tests. */
function home(path: string): Record<string, string> {
  return { HOME: path, REGCTL_CONFIG: `${path}/regctl.json` };
}

Deno.test({
  ...needs("regctl reads what we wrote: tags, manifests, blobs, referrers", "regctl"),
  fn: async () => {
    await using folder = await temporaryFolder();
    const env = home(folder.path);
    const content = plainSample();
    const path = `${folder.path}/ours`;
    await pushContent(content, createLayoutTransport(), layoutReference(path));
    const multi = content.manifest("multi").descriptor.digest;
    const tags = (await runOk("regctl", ["tag", "ls", `ocidir://${path}`], { env })).trim().split("\n");
    for (const tag of content.tags.keys()) {
      assert(tags.includes(tag), tag);
      const digest = await runOk("regctl", ["manifest", "head", `ocidir://${path}:${tag}`], { env });
      assert.equal(digest.trim(), content.manifest(tag).descriptor.digest);
    }
    assert(tags.includes(fallbackTag(multi)));
    const listed = await runOk("regctl", ["artifact", "list", `ocidir://${path}:multi`, "--format", "{{ json . }}"], {
      env,
    });
    for (const { descriptor } of content.referrers(multi)) assert(listed.includes(descriptor.digest));
    const copy = `${folder.path}/copy`;
    await runOk("regctl", ["image", "copy", "--referrers", `ocidir://${path}:multi`, `ocidir://${copy}:multi`], {
      env,
    });
    assert.equal((await checkLayout(copy)).tags.get("multi"), multi);
  },
});

Deno.test({
  ...needs("what regctl wrote is read: tags, manifests, blobs, referrers, a tag that moved", "regctl"),
  fn: async () => {
    await using folder = await temporaryFolder();
    const env = home(folder.path);
    const content = plainSample();
    const [from, path] = [`${folder.path}/from`, `${folder.path}/theirs`];
    await writeLayout(content, from);
    for (const tag of ["multi", "docker-list", "single"]) {
      await runOk("regctl", ["image", "copy", "--referrers", `ocidir://${from}:${tag}`, `ocidir://${path}:${tag}`], {
        env,
      });
    }
    await runOk("regctl", ["image", "copy", `ocidir://${from}:docker`, `ocidir://${path}:single`], { env });
    const transport = createLayoutTransport();
    const place = layoutReference(path);
    const multi = content.manifest("multi").descriptor.digest;
    assert.deepEqual(
      (await transport.listTags(place)).tags.filter((tag) => !tag.startsWith("sha256-")),
      ["docker-list", "multi", "single"],
    );
    assert.equal((await walk(transport, withTag(place, "multi"))).length, 4);
    assert.equal(
      (await transport.headManifest(withTag(place, "docker-list")))?.mediaType,
      MEDIA_TYPE.dockerManifestList,
    );
    assert.equal(
      (await transport.headManifest(withTag(place, "single")))?.digest,
      content.manifest("docker").descriptor.digest,
    );
    const { descriptors, from: where } = await transport.listReferrers(withDigest(place, multi));
    assert.equal(where, "tag");
    assert.deepEqual(
      descriptors.map(({ digest }) => digest).sort(),
      content.referrers(multi).map(({ descriptor }) => descriptor.digest).sort(),
    );
  },
});

Deno.test({
  ...needs("regctl and we write into one layout by turns", "regctl"),
  fn: async () => {
    await using folder = await temporaryFolder();
    const env = home(folder.path);
    const content = ociSample();
    const [from, path] = [`${folder.path}/from`, `${folder.path}/both`];
    await writeLayout(content, from);
    const place = layoutReference(path);
    const transport = createLayoutTransport();
    await pushContent(content, transport, place);
    await runOk("regctl", ["image", "copy", `ocidir://${from}:single`, `ocidir://${path}:theirs`], { env });
    await transport.putManifest(withTag(place, "ours"), content.manifest("multi"));
    await runOk("regctl", ["tag", "delete", `ocidir://${path}:single`], { env });
    await transport.deleteTag(withTag(place, "multi"));
    await transport.close(place);
    const { tags } = await checkLayout(path);
    assert.deepEqual([...tags.keys()].sort(), ["ours", "theirs"]);
    assert.equal((await walk(transport, withTag(place, "ours"))).length, 4);
    assert.equal((await walk(transport, withTag(place, "theirs"))).length, 1);
  },
});

Deno.test({
  ...needs("skopeo reads what we wrote and we read what it wrote", "skopeo"),
  fn: async () => {
    await using folder = await temporaryFolder();
    const content = ociSample();
    const [ours, theirs] = [`${folder.path}/ours`, `${folder.path}/theirs`];
    await pushContent(content, createLayoutTransport(), layoutReference(ours));
    const raw = await runOk("skopeo", ["inspect", "--raw", `oci:${ours}:multi`]);
    assert.equal(raw, new TextDecoder().decode(content.manifest("multi").raw));
    const inspected = JSON.parse(await runOk("skopeo", ["inspect", `oci:${ours}:single`]));
    assert.equal(inspected.Digest, content.manifest("single").descriptor.digest);
    const copy = ["--insecure-policy", "copy", "--quiet"];
    await runOk("skopeo", [...copy, "--all", `oci:${ours}:multi`, `oci:${theirs}:multi`]);
    await runOk("skopeo", [...copy, `oci:${ours}:single`, `oci:${theirs}:some/name:tagged`]);
    const transport = createLayoutTransport();
    const place = layoutReference(theirs);
    assert.deepEqual((await transport.listTags(place)).tags, ["multi", "tagged"]);
    assert.deepEqual(
      await walk(transport, withTag(place, "multi")),
      await walk(transport, layoutReference(ours, "multi")),
    );
    assert.deepEqual(await walk(transport, withTag(place, "tagged")), [content.manifest("single").descriptor.digest]);
  },
});

Deno.test({
  ...needs("umoci reads what we wrote and we read what it wrote", "umoci"),
  fn: async () => {
    await using folder = await temporaryFolder();
    const content = ociSample();
    const [ours, theirs] = [`${folder.path}/ours`, `${folder.path}/theirs`];
    await pushContent(content, createLayoutTransport(), layoutReference(ours));
    const tags = (await runOk("umoci", ["ls", "--layout", ours])).trim().split("\n").sort();
    assert.deepEqual(tags, ["multi", "single"]);
    const stat = JSON.parse(await runOk("umoci", ["stat", "--json", "--image", `${ours}:single`]));
    assert.equal(stat.history.length, 1);
    await runOk("umoci", ["gc", "--layout", ours]);
    assert.equal((await walk(createLayoutTransport(), layoutReference(ours, "multi"))).length, 4);
    await runOk("umoci", ["init", "--layout", theirs]);
    await runOk("umoci", ["new", "--image", `${theirs}:fresh`]);
    await runOk("umoci", ["config", "--image", `${theirs}:fresh`, "--tag", "changed", "--author", "someone"]);
    const transport = createLayoutTransport();
    const place = layoutReference(theirs);
    assert.deepEqual((await transport.listTags(place)).tags, ["changed", "fresh"]);
    for (const tag of ["changed", "fresh"]) assert.equal((await walk(transport, withTag(place, tag))).length, 1);
    await transport.deleteTag(withTag(place, "fresh"));
    await pushContent(content, transport, place);
    assert.deepEqual((await runOk("umoci", ["ls", "--layout", theirs])).trim().split("\n").sort(), [
      "changed",
      "multi",
      "single",
    ]);
  },
});
