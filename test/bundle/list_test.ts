/** Lists of images. */
import assert from "node:assert/strict";
import { BundlePlace } from "./place.ts";

async function namesOf(place: BundlePlace, list: string, text: string, ...flags: string[]): Promise<string[]> {
  await Deno.writeTextFile(place.path(list), text);
  const { code, stderr } = await place.bundle("create", "-o", place.path("list.tar"), "-f", place.path(list), ...flags);
  assert.deepEqual([code, stderr], [0, ""]);
  const { images } = await place.json("list", place.path("list.tar"));
  return images.map(({ name }: { name: string }) => name.replace(place.source.host, "SOURCE"));
}

Deno.test("a list names images, and says more of some", async () => {
  await using place = await BundlePlace.open();
  const { host } = place.source;
  const names = await namesOf(
    place,
    "images.yml",
    `version: 1
images:
  - ${host}/org/app:v0
  - source: ${host}/org/app:v1
    as: registry.example.org/team/app:stable
    platforms: [linux/amd64]
    referrers: false
`,
  );
  assert.deepEqual(names, ["SOURCE/org/app:v0", "registry.example.org/team/app:stable"]);
  const { images } = await place.json("list", place.path("list.tar"));
  assert.equal(images[1].digest, place.app.manifest("v1").manifests[0]!.digest);
  assert.equal(images[1].referrers, undefined);
});

Deno.test("plain lists have an image a line", async () => {
  await using place = await BundlePlace.open();
  const text = `# all of them\n\n${place.all.join("   # why\n")}\n`;
  assert.equal((await namesOf(place, "images.txt", text)).length, 3);
});

Deno.test("the steps of a sync file are read as far as they say what to take", async () => {
  await using place = await BundlePlace.open();
  const { host } = place.source;
  const text = `version: 1
creds:
  - registry: ${host}
    tls: disabled
defaults:
  parallel: 2
  interval: 60m
  digestTags: false
sync:
  - source: ${host}/org/app
    target: registry.example.org/app
    type: repository
    tags: { allow: ["v\\\\d+"], deny: [v0] }
    backup: "old-{{ .Ref.Tag }}"
  - source: "${host}/other/tool:{{ env \\"NO_SUCH\\" }}v1"
    target: registry.example.org/tool:v1
    type: image
`;
  assert.deepEqual(await namesOf(place, "sync.yml", text), ["SOURCE/org/app:v1", "SOURCE/other/tool:v1"]);
  const { images } = await place.json("list", place.path("list.tar"));
  assert.equal(images[0].digestTags, undefined);
  assert.equal(images[0].referrers.length, 3);
});

Deno.test("tags are chosen by version and age", async () => {
  await using place = await BundlePlace.open();
  const { host } = place.source;
  const step = (tags: string) => `sync:\n  - { source: ${host}/org/app, type: repository, target: x, tags: ${tags} }\n`;
  assert.deepEqual(await namesOf(place, "a.yml", step("{ latest: 1 }")), ["SOURCE/org/app:v1"]);
  assert.deepEqual(await namesOf(place, "b.yml", step('{ semverRange: ["<1"] }')), ["SOURCE/org/app:v0"]);
  assert.deepEqual(await namesOf(place, "c.yml", step("{ since: 90d }")), ["SOURCE/org/app:v0", "SOURCE/org/app:v1"]);
});

Deno.test("mistakes of a list are told with their places", async () => {
  await using place = await BundlePlace.open();
  const fails = async (name: string, text: string, message: RegExp) => {
    await Deno.writeTextFile(place.path(name), text);
    const { code, stderr } = await place.bundle("create", "-o", place.path("x.tar"), "-f", place.path(name));
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  };
  await fails("a.yml", "images:\n  - Not/Valid:Reference:x\n", /a\.yml:2:5/);
  await fails("b.yml", "sync:\n  - { source: x.example.org, type: registry, target: y }\n", /b\.yml:2:\d+.*registry/);
  await fails("c.yml", "images: []\n", /List names no images/);
  await fails("d.txt", "alpine\nNo/Good:x:y\n", /d\.txt:2:1/);
  await fails("e.yml", "images:\n  - { source: alpine, as: 'x y' }\n", /e\.yml:2:5/);
});
