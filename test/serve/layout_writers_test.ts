/** Others write into the folder that is served: copies from a layout into it are seen at once, and nothing that either wrote is lost. */
import assert from "node:assert/strict";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { copyImage } from "../../src/copy/mod.ts";
import { layoutReference } from "../support/client.ts";
import { checkLayout, Content, writeLayout } from "../support/content.ts";
import { spawnFerry } from "../support/ferry_process.ts";
import { addImage, addLayer } from "../support/images.ts";
import { needs, runOk } from "../support/programs.ts";
import { addMulti } from "../support/sample.ts";
import { Place } from "./harness.ts";

const TAGS = ["l0", "l1", "l2", "l3", "l4", "l5"];

/** A layout with a tag of several platforms and some single images; runs the test with it and a server. */
async function withSource(
  test: (stage: { readonly place: Place; readonly source: string; readonly content: Content }) => Promise<void>,
): Promise<void> {
  const source = await Deno.makeTempDir({ prefix: "ferry-source-" });
  try {
    const content = new Content();
    addMulti(content, "multi");
    for (const [at, tag] of TAGS.entries()) addImage(content, { tag, layers: [addLayer(content, at + 10)] });
    await writeLayout(content, source);
    await using place = await Place.open();
    await test({ place, source, content });
  } finally {
    await Deno.remove(source, { recursive: true });
  }
}

/** The digest that a tag has over HTTP, "" where it has none. */
async function digestOf(place: Place, name: string, tag: string): Promise<string> {
  return (await place.send("HEAD", `/v2/${name}/manifests/${tag}`)).header("docker-content-digest");
}

/** Copies a tag of the source into a repository's folder, as a transport of its own. */
async function copyInto(place: Place, source: string, name: string, tag: string, as = tag): Promise<void> {
  const transport = createLayoutTransport();
  await copyImage({
    source: layoutReference(source, tag),
    target: layoutReference(`${place.dir}/${name}`, as),
    sourceTransport: transport,
    targetTransport: transport,
  });
}

Deno.test("serve: what is copied into the folder is there with the next request, new repositories too", () =>
  withSource(async ({ place, source, content }) => {
    assert.equal(await digestOf(place, "new/app", "multi"), "");
    await copyInto(place, source, "new/app", "multi");
    assert.deepEqual((await place.send("GET", "/v2/_catalog")).json.repositories, ["new/app"]);
    for (const digest of content.manifest("multi").manifests.map((child) => child.digest)) {
      (await place.send("GET", `/v2/new/app/manifests/${digest}`)).is(200);
    }
    for (const tag of TAGS) {
      // The same tag every time: it moves.
      await copyInto(place, source, "new/app", tag, "latest");
      assert.equal(await digestOf(place, "new/app", "latest"), content.tags.get(tag));
    }
    for (const { digest } of content.manifest("multi").manifests) {
      for (const blob of content.manifest(digest).layers) {
        const { bytes } = (await place.send("GET", `/v2/new/app/blobs/${blob.digest}`)).is(200);
        assert.deepEqual(bytes, content.blobs.get(blob.digest));
      }
    }
  }));

Deno.test("serve: copies into the folder and pushes at once lose nothing of each other", () =>
  withSource(async ({ place, source, content }) => {
    const pushed = new Map<string, string>();
    await Promise.all([
      ...TAGS.map((tag) => copyInto(place, source, "app", tag)),
      ...TAGS.map(async (tag) => void pushed.set(`p-${tag}`, await place.image("app", `p-${tag}`))),
      copyInto(place, source, "app", "multi"),
    ]);
    const { tags, blobs } = await checkLayout(`${place.dir}/app`);
    const wanted = new Map([...content.tags, ...pushed]);
    assert.deepEqual([...tags].sort(), [...wanted].sort());
    for (const digest of content.blobs.keys()) assert(blobs.has(digest), digest);
    for (const [tag, digest] of wanted) assert.equal(await digestOf(place, "app", tag), digest, tag);
  }));

Deno.test("serve: the program copies into the folder while it is served", () =>
  withSource(async ({ place, source, content }) => {
    const before = await place.image("app", "before");
    const copies = TAGS.slice(0, 3).map((tag) =>
      spawnFerry(["image", "copy", `ocidir://${source}:${tag}`, `ocidir://${place.dir}/app:${tag}`]).status
    );
    const during = await place.image("app", "during");
    for (const { success } of await Promise.all(copies)) assert(success);
    const after = await place.image("app", "after");
    for (const [tag, digest] of Object.entries({ before, during, after })) {
      assert.equal(await digestOf(place, "app", tag), digest, tag);
    }
    for (const tag of TAGS.slice(0, 3)) assert.equal(await digestOf(place, "app", tag), content.tags.get(tag), tag);
  }));

Deno.test({
  ...needs("serve: what regctl writes into the folder is there with the next request", "regctl"),
  fn: () =>
    withSource(async ({ place, source, content }) => {
      const env = { REGCTL_CONFIG: `${source}/regctl.json` };
      await place.image("app", "before");
      await runOk("regctl", ["image", "copy", `ocidir://${source}:multi`, `ocidir://${place.dir}/app:multi`], { env });
      assert.equal(await digestOf(place, "app", "multi"), content.tags.get("multi"));
      await runOk("regctl", ["tag", "delete", `ocidir://${place.dir}/app:multi`], { env });
      assert.equal(await digestOf(place, "app", "multi"), "");
      (await place.send("GET", "/v2/app/manifests/before")).is(200);
    }),
});
