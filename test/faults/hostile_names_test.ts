import assert from "node:assert/strict";
import { copyImage } from "../../src/copy/mod.ts";
import { withTag } from "../../src/reference/reference.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { rejectsWith } from "../contract/contract.ts";
import { layoutReference, registryReference } from "../support/client.ts";
import { checkLayout, fallbackTag } from "../support/content.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { json } from "../support/faults.ts";
import { bench } from "./harness.ts";

const TRAVERSALS = [
  "../../victim/manifests/evil",
  "..",
  "a/../../../victim/manifests/evil",
  "%2e%2e/%2e%2e/victim/manifests/evil",
  "a%2f..%2fb",
  "a?x=y",
  "a#b",
  "a b",
  "a\\..\\b",
  "a\r\nX-Evil: 1",
];

Deno.test("a tag or repository that is a path leads nowhere, whoever made it up", async () => {
  await using b = bench();
  for (const name of TRAVERSALS) {
    await rejectsWith(b.transport.putManifest(withTag(b.place, name), b.image), "REFERENCE_INVALID");
    await rejectsWith(b.transport.getManifest(withTag(b.place, name)), "REFERENCE_INVALID");
    await rejectsWith(b.transport.deleteTag(withTag(b.place, name)), "REFERENCE_INVALID");
    const place = registryReference(b.registry.host, `r/${name}`, "v1");
    await rejectsWith(b.transport.putManifest(place, b.image), "REFERENCE_INVALID");
    await rejectsWith(b.transport.listTags(place), "REFERENCE_INVALID");
  }
  assert.deepEqual(b.registry.trace, []);
});

Deno.test("digest tags that a hostile source makes up do not write into other repositories of the target", async () => {
  await using b = bench();
  await using target = new FakeRegistry();
  const prefix = fallbackTag(b.image.descriptor.digest);
  const evil = TRAVERSALS.map((name) => `${prefix}/${name}`);
  b.registry.faults.add({
    path: /tags\/list/,
    times: Infinity,
    action: json({ name: "r", tags: ["v1", ...evil, `${prefix}.sig`] }),
  });
  const good = b.image;
  b.registry.repository("r").tags.set(`${prefix}.sig`, good.descriptor.digest);
  await copyImage({
    source: withTag(b.place, "v1"),
    target: registryReference(target.host, "mine", "v1"),
    sourceTransport: b.transport,
    targetTransport: b.transport,
    digestTags: true,
  });
  assert.deepEqual([...target.repositories.keys()], ["mine"]);
  assert.deepEqual([...target.repository("mine").tags.keys()].sort(), [`${prefix}.sig`, "v1"]);
});

Deno.test("digest tags that a hostile source makes up do not get into a layout either", async () => {
  await using b = bench();
  const dir = await Deno.makeTempDir({ prefix: "ferry-hostile-" });
  try {
    const prefix = fallbackTag(b.image.descriptor.digest);
    const tags = ["v1", ...TRAVERSALS.map((name) => `${prefix}/${name}`)];
    b.registry.faults.add({ path: /tags\/list/, times: Infinity, action: json({ name: "r", tags }) });
    await copyImage({
      source: withTag(b.place, "v1"),
      target: layoutReference(`${dir}/layout`, "v1"),
      sourceTransport: b.transport,
      targetTransport: createLayoutTransport(),
      digestTags: true,
    });
    const layout = await checkLayout(`${dir}/layout`);
    assert.deepEqual([...layout.tags.keys()], ["v1"]);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["layout"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
