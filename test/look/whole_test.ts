/** Sizes of images, long lists of tags, and images that are not whole. */
import assert from "node:assert/strict";
import { checkLayout, Content, writeLayout } from "../support/content.ts";
import { addArtifact, addImage, addIndex, addLayer } from "../support/images.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { run } from "../cli/harness.ts";

function sample(): Content {
  const content = new Content();
  const base = addLayer(content, 1, 5000);
  const images = ["amd64", "arm64"].map((architecture, at) =>
    addImage(content, { layers: [base, addLayer(content, 10 + at, 3000)], platform: { os: "linux", architecture } })
  );
  const index = addIndex(content, { tag: "v1.10.0", manifests: images });
  addImage(content, { tag: "v1.9.0", layers: [base] });
  addArtifact(content, { tag: "sbom", artifactType: "application/example", subject: index });
  return content;
}

async function inLayout(work: (path: string, content: Content) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    const content = sample();
    await writeLayout(content, path);
    await work(path, content);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const json = async (...args: string[]) => JSON.parse((await run([...args, "--format", "json"])).stdout);

Deno.test("image size counts what platforms share once", () =>
  inLayout(async (path, content) => {
    const found = await json("image", "size", `ocidir://${path}:v1.10.0`);
    const images = content.manifest("v1.10.0").manifests.map(({ digest }) => content.manifest(digest));
    const blobs = new Map(
      images.flatMap((image) => [image.config!, ...image.layers]).map((blob) => [blob.digest, blob.size]),
    );
    assert.equal(found.total, [...blobs.values()].reduce((sum, bytes) => sum + bytes, 0));
    assert.deepEqual(found.images.map(({ platform }: { platform: string }) => platform), [
      "linux/amd64",
      "linux/arm64",
    ]);
    const [base, own] = images[0]!.layers;
    assert.equal(found.images[0].own, own!.size + images[0]!.config!.size);
    assert.deepEqual(found.images[0].layers[0], { digest: base!.digest, size: base!.size, images: 2 });
    const { stdout } = await run(["image", "size", `ocidir://${path}:v1.10.0`, "--layers", "-p", "linux/arm64"]);
    assert.match(stdout, /^Platform +Layers +Size +Own +Digest\nlinux\/arm64 +2 /);
    assert.equal(stdout.split("\n").filter((line) => line.startsWith("  layer")).length, 2);
  }));

Deno.test("tag ls --long shows digests, times, sizes and platforms, sorted", () =>
  inLayout(async (path, content) => {
    const list = await json("tag", "ls", "--long", "--sort", "semver", `ocidir://${path}`);
    const tags = list.tags.filter(({ tag }: { tag: string }) => !tag.startsWith("sha256-"));
    assert.deepEqual(tags.map(({ tag }: { tag: string }) => tag), ["v1.10.0", "v1.9.0", "sbom"]);
    assert.deepEqual(tags[0].platforms, ["linux/amd64", "linux/arm64"]);
    assert.equal(tags[0].digest, content.resolve("v1.10.0"));
    assert.equal(tags[1].created, "2024-01-01T00:00:00Z");
    assert.equal(tags[1].size, content.manifest("v1.9.0").config!.size + content.manifest("v1.9.0").layers[0]!.size);
    const { stdout } = await run(["tag", "ls", "-l", `ocidir://${path}`, "--include", "v.*"]);
    assert.match(stdout, /^Tag +Digest .*\nv1\.10\.0 +sha256:[0-9a-f]{64} +2024-01-01T00:00:00Z /);
    const rows = (await run(["tag", "ls", "--long", `ocidir://${path}`, "--format", "ndjson"])).stdout.trim().split(
      "\n",
    );
    assert.equal(JSON.parse(rows.at(-1)!).tag, "v1.9.0");
  }));

Deno.test("a tag's long row costs one request, one for the config, one more for an index; what is the same is asked for once", async () => {
  await using registry = new FakeRegistry();
  const content = sample();
  for (const tag of ["a", "b", "c"]) content.tags.set(tag, content.resolve("v1.9.0")!);
  content.copyTo(registry.repository("org/app"));
  const host = ["--host", `reg=${registry.host},tls=disabled`];
  const { code, stderr } = await run([
    ...host,
    "tag",
    "ls",
    "--long",
    `${registry.host}/org/app`,
    "--include",
    "a|b|c",
  ]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(registry.requests.length, 1 + 3 + 1);
});

Deno.test("what is missing or wrong is found, and brought from a copy", () =>
  inLayout(async (path, content) => {
    const copy = await Deno.makeTempDir();
    try {
      await writeLayout(content, copy);
      const image = `ocidir://${path}:v1.10.0`;
      const good = await run(["image", "verify", image, "--deep", "--referrers"]);
      assert.deepEqual([good.code, good.stderr], [0, ""]);
      assert.match(good.stdout, /^4 manifests, 7 blobs, .*: all good\n$/);
      const [amd64, arm64] = content.manifest("v1.10.0").manifests;
      const file = (digest: string) => `${path}/blobs/${digest.replace(":", "/")}`;
      const layers = content.manifest(amd64!.digest).layers;
      await Deno.remove(file(layers[0]!.digest));
      const damaged = new Uint8Array(layers[1]!.size);
      await Deno.writeFile(file(layers[1]!.digest), damaged);
      await Deno.remove(file(arm64!.digest));
      const shallow = await run(["image", "verify", image]);
      assert.equal(shallow.code, 5);
      assert.match(shallow.stderr, /^error: Image ".*" is not whole: 2 missing\nhint: /);
      const deep = await run(["image", "verify", image, "--deep"]);
      assert.equal(deep.code, 6);
      assert.match(deep.stderr, /2 missing, 1 wrong/);
      assert.match(deep.stdout, new RegExp(`^wrong +blob +${layers[1]!.digest}`, "m"));
      assert.equal((await run(["image", "verify", image, "--repair"])).code, 2);
      const repaired = await run([
        "image",
        "verify",
        image,
        "--deep",
        "--repair",
        "--from",
        `ocidir://${copy}:v1.10.0`,
      ]);
      assert.deepEqual([repaired.code, repaired.stderr], [0, ""]);
      assert.match(repaired.stdout, /: 3 repaired\n$/);
      assert.equal((await run(["image", "verify", image, "--deep"])).code, 0);
      await checkLayout(path);
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
  }));
