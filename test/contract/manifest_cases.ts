/** What every transport does with manifests. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { parseManifest } from "../../src/oci/manifest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { withDigest, withTag } from "../../src/reference/reference.ts";
import { Content, pushContent } from "../support/content.ts";
import { addImage, addIndex, addLayer } from "../support/images.ts";
import { bytesSource } from "../support/sources.ts";
import { addMulti } from "../support/sample.ts";
import { type ContractCase, rejectsWith } from "./contract.ts";

function image(tag: string, seed: number): Content {
  const content = new Content();
  addImage(content, { tag, layers: [addLayer(content, seed)], annotations: { seed: String(seed) } });
  return content;
}

export const MANIFEST_CASES: readonly ContractCase[] = [
  {
    name: "a manifest that is not there: HEAD says undefined, GET fails",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const missing = digestOf(new Uint8Array(1));
      assert.equal(await transport.headManifest(withTag(place, "no")), undefined);
      await rejectsWith(transport.getManifest(withTag(place, "no")), "MANIFEST_UNKNOWN", "NAME_UNKNOWN");
      await pushContent(image("yes", 1), transport, place);
      assert.equal(await transport.headManifest(withTag(place, "no")), undefined);
      assert.equal(await transport.headManifest(withDigest(place, missing)), undefined);
      await rejectsWith(transport.getManifest(withTag(place, "no")), "MANIFEST_UNKNOWN");
      await rejectsWith(transport.getManifest(withDigest(place, missing)), "MANIFEST_UNKNOWN");
    },
  },
  {
    name: "a manifest comes back byte for byte, by tag, by digest and by both",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = image("a", 2);
      await pushContent(content, transport, place);
      const expected = content.manifest("a");
      const { digest, size, mediaType } = expected.descriptor;
      for (const reference of [withTag(place, "a"), withDigest(place, digest), { ...place, tag: "a", digest }]) {
        const head = await transport.headManifest(reference);
        assert.deepEqual([head?.digest, head?.size, head?.mediaType], [digest, size, mediaType]);
        const got = await transport.getManifest(reference);
        assert.deepEqual(got.raw, expected.raw);
        assert.equal(got.descriptor.digest, digest);
        assert.equal(got.descriptor.mediaType, mediaType);
      }
    },
  },
  {
    name: "a digest wins over the tag beside it",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = image("a", 3);
      const other = image("b", 4);
      await pushContent(content, transport, place);
      await pushContent(other, transport, place);
      const { digest } = other.manifest("b").descriptor;
      assert.equal((await transport.getManifest({ ...place, tag: "a", digest })).descriptor.digest, digest);
      assert.equal((await transport.headManifest({ ...place, tag: "a", digest }))?.digest, digest);
    },
  },
  {
    name: "without tag and digest `latest` is meant",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = image("latest", 5);
      await pushContent(content, transport, place);
      const { digest } = content.manifest("latest").descriptor;
      assert.equal((await transport.headManifest({ ...place, tag: "", digest: "" }))?.digest, digest);
      assert.equal((await transport.getManifest({ ...place, tag: "", digest: "" })).descriptor.digest, digest);
    },
  },
  {
    name: "odd white space and unknown fields of a manifest are kept",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = image("a", 6);
      await pushContent(content, transport, place);
      const value = { ...content.manifest("a").json, "x-unknown": [1, { a: null }] };
      const raw = new TextEncoder().encode(`\n ${JSON.stringify(value, null, "\t")} \n\n`);
      const manifest = parseManifest(raw, { mediaType: MEDIA_TYPE.ociManifest });
      const { descriptor } = await transport.putManifest(withTag(place, "odd"), manifest);
      assert.equal(descriptor.digest, digestOf(raw));
      assert.equal(descriptor.size, raw.byteLength);
      assert.deepEqual((await transport.getManifest(withTag(place, "odd"))).raw, raw);
    },
  },
  {
    name: "a tag moves when something else is put under it, and the first stays by digest",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const first = image("t", 7);
      const second = image("t", 8);
      await pushContent(first, transport, place);
      const before = first.manifest("t").descriptor.digest;
      for (const [digest, bytes] of second.blobs) {
        await transport.putBlob(place, bytesSource(bytes, { digest }));
      }
      await transport.putManifest(withTag(place, "keep"), first.manifest("t"));
      await transport.putManifest(withTag(place, "t"), second.manifest("t"));
      await transport.close(place);
      const after = second.manifest("t").descriptor.digest;
      assert.equal((await transport.headManifest(withTag(place, "t")))?.digest, after);
      assert.equal((await transport.headManifest(withDigest(place, before)))?.digest, before);
      assert.deepEqual((await transport.listTags(place)).tags, ["keep", "t"]);
    },
  },
  {
    name: "putting by tag and digest stores under both",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = image("a", 9);
      await pushContent(content, transport, place);
      const manifest = content.manifest("a");
      const { digest } = manifest.descriptor;
      await transport.putManifest({ ...place, tag: "both", digest }, manifest);
      assert.equal((await transport.headManifest(withTag(place, "both")))?.digest, digest);
      assert.equal((await transport.headManifest(withDigest(place, digest)))?.digest, digest);
    },
  },
  {
    name: "a manifest is not put under the digest of another",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = image("a", 10);
      await pushContent(content, transport, place);
      const wrong = digestOf(new Uint8Array(3));
      await rejectsWith(
        transport.putManifest(withDigest(place, wrong), content.manifest("a")),
        "DIGEST_MISMATCH",
        "MANIFEST_INVALID",
      );
      assert.equal(await transport.headManifest(withDigest(place, wrong)), undefined);
    },
  },
  {
    name: "an index comes back with its children",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = new Content();
      const multi = addMulti(content, "multi", 11);
      addIndex(content, { tag: "list", manifests: multiChildren(content), docker: true });
      await pushContent(content, transport, place);
      const got = await transport.getManifest(withTag(place, "multi"));
      assert.equal(got.descriptor.digest, multi.digest);
      assert.equal(got.kind, "index");
      assert.equal(got.manifests.length, 3);
      for (const child of got.manifests) {
        assert.equal((await transport.getManifest(withDigest(place, child.digest))).kind, "image");
      }
      assert.equal((await transport.headManifest(withTag(place, "list")))?.mediaType, MEDIA_TYPE.dockerManifestList);
    },
  },
  {
    name: "sha512 manifests and blobs",
    needs: "sha512",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = new Content();
      const { digest } = addImage(content, {
        layers: [addLayer(content, 12, 500, "sha512")],
        algorithm: "sha512",
      });
      await pushContent(content, transport, place);
      assert.match(digest, /^sha512:/);
      const got = await transport.getManifest(withDigest(place, digest));
      assert.equal(got.descriptor.digest, digest);
      const layer = got.layers[0]!;
      assert.equal((await transport.headBlob(place, layer.digest))?.size, layer.size);
    },
  },
  {
    name: "deleting a manifest takes every tag that names it",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = image("a", 13);
      await pushContent(content, transport, place);
      await pushContent(image("other", 14), transport, place);
      const manifest = content.manifest("a");
      await transport.putManifest(withTag(place, "b"), manifest);
      await transport.deleteManifest(withDigest(place, manifest.descriptor.digest));
      await transport.close(place);
      assert.equal(await transport.headManifest(withDigest(place, manifest.descriptor.digest)), undefined);
      assert.equal(await transport.headManifest(withTag(place, "a")), undefined);
      assert.deepEqual((await transport.listTags(place)).tags, ["other"]);
      await rejectsWith(transport.deleteManifest(withDigest(place, manifest.descriptor.digest)), "MANIFEST_UNKNOWN");
    },
  },
  {
    name: "a call that is stopped ahead rejects with the reason and does nothing",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = image("a", 15);
      await pushContent(content, transport, place);
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      await assert.rejects(transport.getManifest(withTag(place, "a"), { signal }), (error) => error === reason);
      await assert.rejects(transport.headManifest(withTag(place, "a"), { signal }), (error) => error === reason);
      const put = transport.putManifest(withTag(place, "b"), content.manifest("a"), { signal });
      await assert.rejects(put, (error) => error === reason);
      assert.deepEqual((await transport.listTags(place)).tags, ["a"]);
    },
  },
  {
    name: "a place that is there answers a ping",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      await pushContent(image("a", 16), transport, place);
      await transport.ping(place);
    },
  },
];

function multiChildren(content: Content) {
  return content.manifest("multi").manifests;
}
