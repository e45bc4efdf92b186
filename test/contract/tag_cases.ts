/** What every transport does with tags. */
import assert from "node:assert/strict";
import { withDigest, withTag } from "../../src/reference/reference.ts";
import { Content, pushContent } from "../support/content.ts";
import { addImage, addLayer } from "../support/images.ts";
import { type ContractCase, rejectsWith } from "./contract.ts";

function tagged(seed: number, ...tags: string[]): Content {
  const content = new Content();
  const { digest } = addImage(content, { layers: [addLayer(content, seed)] });
  for (const tag of tags) content.tags.set(tag, digest);
  return content;
}

export const TAG_CASES: readonly ContractCase[] = [
  {
    name: "tags of a repository that is not there",
    run: async ({ transport, fresh }) => {
      await rejectsWith(transport.listTags(await fresh()), "NAME_UNKNOWN");
    },
  },
  {
    name: "tags are sorted byte by byte",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const tags = ["b", "a", "B", "1.10", "1.9", "_x", "a.b", "a-b", "v1_0"];
      await pushContent(tagged(2000, ...tags), transport, place);
      assert.deepEqual((await transport.listTags(place)).tags, [...tags].sort());
    },
  },
  {
    name: "a list of tags stops at the limit and starts after the last",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const tags = Array.from({ length: 12 }, (_, at) => `t${String(at).padStart(2, "0")}`);
      await pushContent(tagged(2001, ...tags), transport, place);
      assert.deepEqual((await transport.listTags(place, { limit: 5 })).tags, tags.slice(0, 5));
      assert.deepEqual((await transport.listTags(place, { last: "t04" })).tags, tags.slice(5));
      assert.deepEqual((await transport.listTags(place, { last: "t04", limit: 3 })).tags, tags.slice(5, 8));
      assert.deepEqual((await transport.listTags(place, { last: "t11" })).tags, []);
      assert.deepEqual((await transport.listTags(place, { limit: 100 })).tags, tags);
    },
  },
  {
    name: "tags that are put at one time are all there",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = tagged(2002, "first");
      await pushContent(content, transport, place);
      const tags = Array.from({ length: 10 }, (_, at) => `c${at}`);
      await Promise.all(tags.map((tag) => transport.putManifest(withTag(place, tag), content.manifest("first"))));
      assert.deepEqual((await transport.listTags(place)).tags, [...tags, "first"].sort());
    },
  },
  {
    name: "deleting a tag leaves the other tags of the same manifest",
    needs: "tag-delete",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = tagged(2003, "a", "b");
      await pushContent(content, transport, place);
      const { digest } = content.manifest("a").descriptor;
      await transport.deleteTag(withTag(place, "a"));
      await transport.close(place);
      assert.deepEqual((await transport.listTags(place)).tags, ["b"]);
      assert.equal(await transport.headManifest(withTag(place, "a")), undefined);
      assert.equal((await transport.headManifest(withTag(place, "b")))?.digest, digest);
      assert.equal((await transport.headManifest(withDigest(place, digest)))?.digest, digest);
      await rejectsWith(transport.deleteTag(withTag(place, "a")), "MANIFEST_UNKNOWN");
    },
  },
  {
    name: "a tag that is not there is not deleted",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      await pushContent(tagged(2004, "a"), transport, place);
      await rejectsWith(transport.deleteTag(withTag(place, "no")), "MANIFEST_UNKNOWN", "UNSUPPORTED");
      assert.deepEqual((await transport.listTags(place)).tags, ["a"]);
    },
  },
];
