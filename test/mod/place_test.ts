/** Where a changed image goes, and what belongs to it. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { Content, writeLayout } from "../support/content.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { status } from "../support/faults.ts";
import { addArtifact, addImage, addIndex, addLayer } from "../support/images.ts";
import { run } from "../cli/harness.ts";
import { configOf, inLab, manifestOf, mod, ok } from "./lab.ts";

const digestIn = async (image: string) => (await ok(["image", "digest", image])).trim();

Deno.test("the result goes to a name, a tag, in place, or by its digest", () =>
  inLab(async ({ place, dir }) => {
    const before = await digestIn(`${place}:all`);
    const label = ["--label", "a=b"];
    assert.equal(await ok(["image", "mod", `${place}:all`, "--create", "v2", ...label]), `${place}:v2\n`);
    const after = await digestIn(`${place}:v2`);
    const other = `ocidir://${dir}/other:v3`;
    assert.equal(await ok(["image", "mod", `${place}:all`, "--create", other, ...label]), `${other}\n`);
    await ok(["image", "verify", other]);
    assert.equal(await digestIn(other), after);
    assert.equal(await ok(["image", "mod", `${place}:all`, ...label]), `${place}@${after}\n`);
    assert.equal(await digestIn(`${place}:all`), before);
    assert.equal(await ok(["image", "mod", `${place}:all`, "--replace", ...label]), `${place}:all\n`);
    assert.equal(await digestIn(`${place}:all`), after);
    assert.equal(await ok(["image", "mod", `${place}@${before}`, "--replace", ...label]), `${place}@${after}\n`);
    assert.equal(await ok(["image", "mod", `${place}:all`, "--create", "same"]), `${place}:same\n`);
    assert.equal(await digestIn(`${place}:same`), after);
  }));

Deno.test("a dry run shows what would change and stores nothing", () =>
  inLab(async ({ place, dir }) => {
    const files = async () => (await Array.fromAsync(Deno.readDir(`${dir}/layout/blobs/sha256`))).length;
    const count = await files();
    const flags = ["--replace", "--dry-run", "--label", "a=b", "--time", "set=2020-01-01T00:00:00Z"];
    const text = await ok(["image", "mod", `${place}:all`, ...flags]);
    assert.match(
      text,
      /^--- config linux\/amd64 sha256:[0-9a-f]{64}\n\+\+\+ config linux\/amd64 sha256:[0-9a-f]{64}\n@@ -\d+,\d+ \+\d+,\d+ @@\n/,
    );
    assert.match(text, /^\+ {7}"a": "b",$/m);
    const data = JSON.parse(await ok(["image", "mod", `${place}:all`, ...flags, "--format", "json"]));
    assert.deepEqual(data.changes.map(({ kind }: { kind: string }) => kind), [
      "config",
      "manifest",
      "config",
      "manifest",
      "index",
    ]);
    assert.equal(await files(), count);
    await ok(["image", "mod", `${place}:all`, ...flags.filter((flag) => flag !== "--dry-run")]);
    assert.equal(await digestIn(`${place}:all`), data.digest);
  }));

Deno.test("in a registry only what is new is sent; in another repository layers are mounted", async () => {
  const content = new Content();
  const images = ["amd64", "arm64"].map((architecture, at) =>
    addImage(content, {
      layers: [addLayer(content, 1), addLayer(content, at + 2)],
      platform: { os: "linux", architecture },
    })
  );
  addIndex(content, { tag: "v1", manifests: images });
  await using registry = new FakeRegistry();
  content.copyTo(registry.repository("app"));
  const hosts = ["--host", `reg=${registry.host},tls=disabled`];
  await ok([...["image", "mod", `${registry.host}/app:v1`, "--create", "v2", "--label", "a=b"], ...hosts]);
  const uploads = registry.requests.filter(({ method, path }) => method === "PUT" && path.includes("/blobs/uploads/"));
  assert.equal(uploads.length, 2);
  assert(
    !registry.requests.some(({ method, path }) =>
      method === "GET" && path.includes(content.manifest(images[0]!.digest).layers[0]!.digest)
    ),
  );
  await ok([
    ...["image", "mod", `${registry.host}/app:v1`, "--create", `${registry.host}/copy:v1`, "--label", "a=b"],
    ...hosts,
  ]);
  await ok(["image", "verify", `${registry.host}/copy:v1`, ...hosts]);
  const mounts = registry.requests.filter(({ path, query }) => path.startsWith("/v2/copy/") && query.has("mount"));
  assert.equal(mounts.length, 3);
});

Deno.test("layers that platforms share are written and sent once", async () => {
  const content = new Content();
  const shared = addLayer(content, 1);
  const images = ["amd64", "arm64"].map((architecture) =>
    addImage(content, { layers: [shared], platform: { os: "linux", architecture } })
  );
  addIndex(content, { tag: "v1", manifests: images });
  await using registry = new FakeRegistry();
  content.copyTo(registry.repository("app"));
  const hosts = ["--host", `reg=${registry.host},tls=disabled`];
  await ok([
    "image",
    "mod",
    `${registry.host}/app:v1`,
    "--create",
    "v2",
    "--layer-time",
    "set=2020-01-01T00:00:00Z",
    ...hosts,
  ]);
  const reads = registry.requests.filter(({ method, path }) =>
    method === "GET" && path.endsWith(shared.descriptor.digest)
  );
  assert.equal(reads.length, 1);
  await ok(["image", "verify", `${registry.host}/app:v2`, ...hosts]);
});

Deno.test("an upload that fails leaves the tag and no temporary files", async () => {
  const content = new Content();
  addImage(content, { tag: "v1", layers: [addLayer(content, 1)] });
  await using registry = new FakeRegistry();
  content.copyTo(registry.repository("app"));
  const temporary = await Deno.makeTempDir();
  try {
    const before = registry.repository("app").tags.get("v1");
    registry.faults.add({ method: "PUT", path: /\/blobs\/uploads\//, times: 100, action: status(403) });
    const env = { TMPDIR: temporary };
    const { code } = await run(
      [
        "image",
        "mod",
        `${registry.host}/app:v1`,
        "--replace",
        "--reproducible",
        "--time",
        "set=2020-01-01T00:00:00Z",
        "--host",
        `reg=${registry.host},tls=disabled`,
      ],
      { env },
    );
    assert.notEqual(code, 0);
    assert.equal(registry.repository("app").tags.get("v1"), before);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(temporary)), []);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
});

async function withReferrers(work: (place: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const image = addImage(content, { layers: [addLayer(content, 1)] });
    const index = addIndex(content, { tag: "v1", manifests: [image] });
    const signature = addArtifact(content, { artifactType: "application/vnd.example.signature", subject: index });
    addArtifact(content, { artifactType: "application/vnd.example.note", subject: signature });
    addArtifact(content, {
      tag: index.digest.replace(":", "-") + ".sig",
      artifactType: "application/vnd.example.cosign",
    });
    await writeLayout(content, dir);
    await work(`ocidir://${dir}`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("what belongs to the image as it was is named, and comes along where that is asked for", () =>
  withReferrers(async (place) => {
    const before = await digestIn(`${place}:v1`);
    const change = ["image", "mod", `${place}:v1`, "--annotation", "a=b"];
    const left = await run(change);
    assert.match(
      left.stderr,
      new RegExp(
        `Left behind with ${before}.*application/vnd.example.signature sha256:.*${before.replace(":", "-")}.sig`,
      ),
    );
    const referrers = async (image: string) =>
      JSON.parse(await ok(["artifact", "list", image, "--format", "{{json .Descriptors}}"])) as {
        digest: string;
        artifactType: string;
      }[];
    assert.deepEqual(await referrers(left.stdout.trim()), []);
    const out = (await ok([...change, "--keep-referrers"])).trim();
    const [signature, ...others] = await referrers(out);
    assert.deepEqual([signature?.artifactType, others], ["application/vnd.example.signature", []]);
    const [note] = await referrers(`${place}@${signature!.digest}`);
    assert.equal(note?.artifactType, "application/vnd.example.note");
    assert.equal((await manifestOf(`${place}@${signature!.digest}`)).subject?.digest, await digestIn(out));
    // regctl does so within a repository.
    const theirs = await run(change, { argv0: "regctl" });
    assert.deepEqual([theirs.stdout.trim(), theirs.stderr.includes("Left behind")], [out, false]);
  }));

Deno.test("Docker's attestations follow their image, or become referrers", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const image = addImage(content, { layers: [addLayer(content, 1)] });
    const attestation = addImage(content, {
      layers: [addLayer(content, 2)],
      platform: { os: "unknown", architecture: "unknown" },
    });
    const about = { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image.digest };
    addIndex(content, { tag: "v1", manifests: [image, { ...attestation, annotations: about }] });
    await writeLayout(content, dir);
    const place = `ocidir://${dir}`;
    const { stdout } = await run(["image", "mod", `${place}:v1`, "--label", "[linux/amd64]a=b"]);
    const { manifests } = await manifestOf(stdout.trim());
    assert.notEqual(manifests[0]!.digest, image.digest);
    assert.equal(manifests[1]!.annotations?.["vnd.docker.reference.digest"], manifests[0]!.digest);
    assert.equal(manifests[1]!.digest, attestation.digest);
    const out = await mod(`${place}:v1`, "--to-oci-referrers");
    assert.deepEqual((await manifestOf(out)).manifests.map(({ digest }) => digest), [image.digest]);
    const list = JSON.parse(
      await ok(["artifact", "list", `${place}@${image.digest}`, "--format", "{{json .Descriptors}}"]),
    );
    assert.equal(list.length, 1);
    const referrer = await manifestOf(`${place}@${list[0].digest}`);
    assert.equal(referrer.subject?.digest, image.digest);
    assert.equal(referrer.annotations?.["vnd.docker.reference.type"], "attestation-manifest");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("digests of another algorithm name everything", () =>
  inLab(async ({ place }) => {
    const image = await mod(`${place}:one`, "--digest-algo", "sha512", "--layer-strip-file", "/etc/secret");
    const { layers, config } = await manifestOf(image);
    for (const { digest } of [config, ...layers]) assert.match(digest, /^sha512:[0-9a-f]{128}$/);
    assert.match(await digestIn(image), /^sha512:/);
    for (const diffId of (await configOf(image)).rootfs.diff_ids) assert.match(diffId, /^sha512:/);
  }));

Deno.test("content goes into descriptors and out again", () =>
  inLab(async ({ place }) => {
    const image = await mod(`${place}:all`, "--data-max", "5000");
    const { manifests } = await manifestOf(image);
    for (const { data, digest } of manifests) assert.equal(digestOf(Uint8Array.fromBase64(data!)), digest);
    const child = await manifestOf(image, "-p", "linux/amd64");
    for (const { data, digest } of [child.config, ...child.layers]) {
      assert.equal(digestOf(Uint8Array.fromBase64(data!)), digest);
    }
    const changed = await mod(image, "--layer-time", "set=2020-01-01T00:00:00Z", "--label", "a=b");
    for (const { data, digest } of (await manifestOf(changed)).manifests) {
      assert.equal(digestOf(Uint8Array.fromBase64(data!)), digest);
    }
    const younger = await manifestOf(changed, "-p", "linux/amd64");
    for (const { data, digest } of [younger.config, ...younger.layers]) {
      assert.equal(digestOf(Uint8Array.fromBase64(data!)), digest);
    }
    const none = await mod(image, "--data-max", "0");
    assert.deepEqual((await manifestOf(none)).manifests.map(({ data }) => data), [undefined, undefined]);
  }));
