/** The copies that every registry must take: from a layout, within the registry, and back. */
import assert from "node:assert/strict";
import { copyImage } from "../../src/copy/mod.ts";
import { withTag } from "../../src/reference/reference.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { layoutReference, registryReference, type TestClient } from "./client.ts";
import { checkLayout, writeLayout } from "./content.ts";
import { plainSample } from "./sample.ts";

/** Copies every tag of the sample from a layout to a registry, from there to another repository, and back to a layout. */
export async function thereAndBack(host: string, client: TestClient): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-copy-" });
  const layouts = createLayoutTransport();
  try {
    const content = plainSample();
    await writeLayout(content, `${dir}/from`);
    const from = layoutReference(`${dir}/from`);
    const first = registryReference(host, "first/place");
    const second = registryReference(host, "second/place");
    const back = layoutReference(`${dir}/back`);
    const along = { referrers: true, digestTags: true };
    for (const [tag, digest] of content.tags) {
      const options = { sourceTransport: layouts, targetTransport: client.transport, ...along };
      const there = await copyImage({ ...options, source: withTag(from, tag), target: withTag(first, tag) });
      assert.equal(there.descriptor.digest, digest, tag);
      const remote = { sourceTransport: client.transport, targetTransport: client.transport, ...along };
      const across = await copyImage({ ...remote, source: withTag(first, tag), target: withTag(second, tag) });
      assert.equal(across.descriptor.digest, digest, tag);
      assert.equal(across.bytes, 0, "within a registry no bytes move");
      const home = { sourceTransport: client.transport, targetTransport: layouts, ...along };
      await copyImage({ ...home, source: withTag(second, tag), target: withTag(back, tag) });
    }
    const { blobs, tags } = await checkLayout(`${dir}/back`);
    for (const [tag, digest] of content.tags) assert.equal(tags.get(tag), digest, tag);
    for (const digest of [...content.manifests.keys(), ...content.blobs.keys()]) assert(blobs.has(digest), digest);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
