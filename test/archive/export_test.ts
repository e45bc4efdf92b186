/** Images out to archives and in again; other tools read ours, we read theirs. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gunzipSync, zstdCompressSync } from "node:zlib";
import { checkLayout, Content, writeLayout } from "../support/content.ts";
import { addArtifact, addImage, addIndex, addLayer, jsonBytes } from "../support/images.ts";
import { needs, runOk } from "../support/programs.ts";
import { archiveOf, type Entry, file, hardlink, symlink } from "../support/tar_layers.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { run, type RunOptions } from "../cli/harness.ts";

interface Place {
  readonly dir: string;
  readonly image: string;
  readonly content: Content;
}

async function withImages(work: (place: Place) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const base = addLayer(content, 1, 70_000);
    const images = ["amd64", "arm64"].map((architecture, at) =>
      addImage(content, { layers: [base, addLayer(content, 5 + at)], platform: { os: "linux", architecture } })
    );
    const index = addIndex(content, { tag: "v1", manifests: images });
    addImage(content, { tag: "plain", layers: [base] });
    addArtifact(content, { artifactType: "application/example.sbom", subject: index });
    addArtifact(content, { tag: `${index.digest.replace(":", "-")}.sig`, artifactType: "application/example.sig" });
    await writeLayout(content, `${dir}/a`);
    await work({ dir, image: `ocidir://${dir}/a`, content });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

const digest = async (image: string) => (await ok(["image", "digest", image])).trim();
const sum = async (path: string) => createHash("sha256").update(await Deno.readFile(path)).digest("hex");

Deno.test("an index goes out and comes back, compressed or not, by file or standard input", () =>
  withImages(async ({ dir, image, content }) => {
    await ok(["image", "export", `${image}:v1`, `${dir}/v1.tar`]);
    await ok(["image", "export", `${image}:v1`, `${dir}/again.tar`]);
    assert.equal(await sum(`${dir}/v1.tar`), await sum(`${dir}/again.tar`));
    const tar = await Deno.readFile(`${dir}/v1.tar`);
    for (const [name, compress] of [["gzip", "--compress"], ["zstd", "--compress=zstd"]]) {
      await ok(["image", "export", compress!, `${image}:v1`, `${dir}/v1.tar.${name}`]);
    }
    assert.deepEqual(gunzipSync(await Deno.readFile(`${dir}/v1.tar.gzip`)), Buffer.from(tar));
    for (const [at, name] of ["v1.tar", "v1.tar.gzip", "v1.tar.zstd"].entries()) {
      await ok(["image", "import", `ocidir://${dir}/b${at}:new`, `${dir}/${name}`]);
      await ok(["image", "import", `ocidir://${dir}/c${at}:new`], { stdin: await Deno.readFile(`${dir}/${name}`) });
      for (const layout of ["b", "c"]) {
        assert.equal(await digest(`ocidir://${dir}/${layout}${at}:new`), content.resolve("v1"));
        await checkLayout(`${dir}/${layout}${at}`);
      }
    }
    assert.deepEqual((await Array.fromAsync(Deno.readDir(dir))).filter(({ name }) => name.includes("partial")), []);
  }));

Deno.test("referrers and digest tags go along where that is wanted", () =>
  withImages(async ({ dir, image }) => {
    await ok(["image", "export", "--referrers", "--digest-tags", `${image}:v1`, `${dir}/all.tar`]);
    await ok(["image", "import", `ocidir://${dir}/b:new`, `${dir}/all.tar`]);
    const shown = await ok([
      "artifact",
      "list",
      `ocidir://${dir}/b:new`,
      "--digest-tags",
      "--format",
      "{{range .Descriptors}}{{.ArtifactType}} {{end}}",
    ]);
    assert.equal(shown.trim(), "application/example.sbom application/example.sig");
    await ok([
      "image",
      "import",
      "--referrers=false",
      "--digest-tags=false",
      `ocidir://${dir}/c:new`,
      `${dir}/all.tar`,
    ]);
    assert.equal(
      await ok(["artifact", "list", `ocidir://${dir}/c:new`, "--digest-tags", "--format", "{{len .Descriptors}}"]),
      "0",
    );
  }));

Deno.test("an archive goes to a registry, and is tagged last", () =>
  withImages(async ({ dir, image, content }) => {
    await ok(["image", "export", `${image}:v1`, `${dir}/v1.tar`]);
    await using registry = new FakeRegistry();
    const host = ["--host", `reg=${registry.host},tls=disabled`];
    await ok([...host, "image", "import", `${registry.host}/org/app:new`, `${dir}/v1.tar`]);
    assert.equal(registry.repository("org/app").resolve("new"), content.resolve("v1"));
    const puts = registry.requests.filter(({ method, path }) => method === "PUT" && path.includes("/manifests/"));
    assert.match(puts.at(-1)!.path, /manifests\/new$/);
    assert.equal(puts.filter(({ path }) => !path.includes("sha256:")).length, 1);
  }));

Deno.test("one of several images is chosen by tag, name or digest; all come at once", () =>
  withImages(async ({ dir, content }) => {
    const layout = await Deno.readFile(`${dir}/a/index.json`);
    const entries: Entry[] = [file("oci-layout", '{"imageLayoutVersion":"1.0.0"}')];
    const tar = `${dir}/many.tar`;
    const names = [...content.blobs.keys(), ...content.manifests.keys()];
    const blobs = await Promise.all(names.map(async (name) => {
      const path = `blobs/${name.replace(":", "/")}`;
      return await binary(path, await Deno.readFile(`${dir}/a/${path}`));
    }));
    const head = await archiveOf([...entries, file("index.json", new TextDecoder().decode(layout))]);
    await Deno.writeFile(tar, Buffer.concat([...blobs, head]));
    const fails = await run(["image", "import", `ocidir://${dir}/b:other`, tar]);
    assert.equal(fails.code, 5);
    assert.match(fails.stderr, /none of them with the tag "other"\nhint: .*--name/);
    await ok(["image", "import", `ocidir://${dir}/b:plain`, tar]);
    assert.equal(await digest(`ocidir://${dir}/b:plain`), content.resolve("plain"));
    await ok(["image", "import", `ocidir://${dir}/b:x`, tar, "--name", content.resolve("v1")!]);
    assert.equal(await digest(`ocidir://${dir}/b:x`), content.resolve("v1"));
    assert.equal(
      await ok(["image", "import", `ocidir://${dir}/c`, tar, "--all"]),
      `ocidir://${dir}/c:v1\nocidir://${dir}/c:plain\n`,
    );
    assert.equal((await run(["image", "import", `ocidir://${dir}/c:y`, tar, "--name", "nope"])).code, 5);
  }));

/** The bytes of one entry without the end of an archive. */
async function binary(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  const whole = await archiveOf([file(name, "x".repeat(bytes.byteLength))]);
  const entry = whole.slice(0, whole.length - 1024);
  entry.set(bytes, 512);
  return entry;
}

/** An archive of docker save: two layers, the second one through a link. */
async function dockerSave(
  ...change: ((entries: Entry[]) => Entry[])[]
): Promise<{ tar: Uint8Array; diffIds: string[] }> {
  const layers = await Promise.all([[file("a", "one")], [file("b", "two")]].map((entries) => archiveOf(entries)));
  const diffIds = layers.map((bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`);
  const config = new TextDecoder().decode(jsonBytes({
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: diffIds },
  }));
  const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
  let entries: Entry[] = [
    file("one/layer.tar", text(layers[0]!)),
    symlink("two/layer.tar", "../three/layer.tar"),
    file("three/layer.tar", text(layers[1]!)),
    hardlink("four/layer.tar", "three/layer.tar"),
    file("cfg.json", config),
    file(
      "manifest.json",
      JSON.stringify([{
        Config: "cfg.json",
        RepoTags: ["app:v1", "app:v2"],
        Layers: ["one/layer.tar", "two/layer.tar"],
      }]),
    ),
  ];
  for (const one of change) entries = one(entries);
  return { tar: await archiveOf(entries), diffIds };
}

Deno.test("archives of docker save come in, with links between their layers", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const { tar, diffIds } = await dockerSave();
    await Deno.writeFile(`${dir}/saved.tar`, tar);
    await ok(["image", "import", `ocidir://${dir}/b:v1`, `${dir}/saved.tar`]);
    assert.equal((await run(["image", "verify", "--deep", `ocidir://${dir}/b:v1`])).code, 0);
    const image = ["-p", "linux/amd64", `ocidir://${dir}/b:v1`];
    assert.equal(await ok(["image", "get-file", ...image, "b"]), "two");
    assert.deepEqual(JSON.parse(await ok(["image", "inspect", ...image])).rootfs.diff_ids, diffIds);
    await ok(["image", "import", "--all", `ocidir://${dir}/c`], { stdin: zstdCompressSync(tar) });
    assert.equal(await digest(`ocidir://${dir}/c:v2`), await digest(`ocidir://${dir}/b:v1`));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("archives that are cut, loop, lie or lack parts are named, and tag nothing", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const { tar } = await dockerSave();
    const without = (name: string) => (entries: Entry[]) => entries.filter(([header]) => header.name !== name);
    const cases: readonly (readonly [string, Uint8Array, number, RegExp])[] = [
      ["cut", tar.slice(0, 3000), 6, /Archive is not valid: it ends/],
      ["cut at the end", tar.slice(0, -1024), 6, /it ends before its end/],
      ["no archive", new TextEncoder().encode("<html>".repeat(500)), 6, /Archive is not valid/],
      ["empty", await archiveOf([]), 6, /holds no image/],
      ["bzip2", new TextEncoder().encode("BZh91AY"), 9, /bzip2 is not supported\nhint: uncompress it/],
      ["no layer", (await dockerSave(without("three/layer.tar"))).tar, 6, /"two\/layer.tar", a layer, is missing/],
      ["no config", (await dockerSave(without("cfg.json"))).tar, 6, /the config of an image, is missing/],
      [
        "loop",
        (await dockerSave(
          without("three/layer.tar"),
          (all) => [...all, symlink("three/layer.tar", "../two/layer.tar")],
        )).tar,
        6,
        /lead in a circle/,
      ],
      [
        "another layer",
        (await dockerSave(without("one/layer.tar"), (all) => [...all, file("one/layer.tar", "not what it was")])).tar,
        6,
        /Digest of layer "one\/layer.tar"/,
      ],
      ["a name that leaves", (await dockerSave((all) => [file("../../etc/x", "x"), ...all])).tar, 0, /^/],
    ];
    for (const [name, bytes, exit, message] of cases) {
      for (const place of [["file"], []]) {
        await Deno.writeFile(`${dir}/bad.tar`, bytes);
        const layout = `${dir}/${name}-${place.length}`.replaceAll(" ", "-");
        const words = ["image", "import", `ocidir://${layout}:v1`, ...place.map(() => `${dir}/bad.tar`)];
        const { code, stderr } = await run(words, { stdin: bytes });
        assert.equal(code, exit, `${name}: ${stderr}`);
        if (exit === 0) continue;
        assert.match(stderr, message, name);
        assert.equal(
          await Deno.readTextFile(`${layout}/index.json`).then((text) => text.includes("v1"), () => false),
          false,
        );
      }
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("an image that lacks a layer, or has a wrong one, is not exported", () =>
  withImages(async ({ dir, image, content }) => {
    const [layer] = content.manifest("plain").layers;
    const path = `${dir}/a/blobs/${layer!.digest.replace(":", "/")}`;
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.map((byte) => byte ^ 1));
    const wrong = await run(["image", "export", `${image}:plain`, `${dir}/out.tar`]);
    assert.deepEqual([wrong.code, /Digest of blob/.test(wrong.stderr)], [6, true]);
    await Deno.remove(path);
    assert.equal((await run(["image", "export", `${image}:plain`, `${dir}/out.tar`])).code, 5);
    await assert.rejects(Deno.stat(`${dir}/out.tar`), Deno.errors.NotFound);
  }));

Deno.test({
  ...needs("regctl writes the same archives, and reads ours", "regctl"),
  fn: () =>
    withImages(async ({ dir, image, content }) => {
      const env = { REGCTL_CONFIG: `${dir}/none.json`, HOME: dir };
      await ok(["image", "export", `${image}:plain`, `${dir}/ours.tar`]);
      await runOk("regctl", ["image", "export", `${image}:plain`, `${dir}/theirs.tar`], { env });
      assert.equal(await sum(`${dir}/ours.tar`), await sum(`${dir}/theirs.tar`));
      await ok(["image", "export", `${image}:v1`, `${dir}/index.tar`]);
      await runOk("regctl", ["image", "import", `ocidir://${dir}/r:v1`, `${dir}/index.tar`], { env });
      assert.equal(await digest(`ocidir://${dir}/r:v1`), content.resolve("v1"));
      await runOk("regctl", ["image", "export", `${image}:v1`, `${dir}/theirs.tar`], { env });
      await ok(["image", "import", `ocidir://${dir}/f:v1`, `${dir}/theirs.tar`]);
      assert.equal(await digest(`ocidir://${dir}/f:v1`), content.resolve("v1"));
    }),
});

Deno.test({
  ...needs("skopeo reads our archives as both kinds, and we read its own", "skopeo"),
  fn: () =>
    withImages(async ({ dir, image, content }) => {
      await ok(["image", "export", `${image}:plain`, "--name", "example.org/app:v1", `${dir}/ours.tar`]);
      for (const [at, from] of ["docker-archive", "oci-archive"].entries()) {
        await runOk("skopeo", ["copy", "--insecure-policy", `${from}:${dir}/ours.tar`, `oci:${dir}/s${at}:v1`]);
        const config = JSON.parse(await ok(["image", "inspect", "-p", "linux/amd64", `ocidir://${dir}/s${at}:v1`]));
        assert.equal(config.rootfs.diff_ids.length, content.manifest("plain").layers.length);
      }
      for (const [at, to] of ["docker-archive", "oci-archive"].entries()) {
        await runOk("skopeo", [
          "copy",
          "--insecure-policy",
          `oci:${dir}/a:plain`,
          `${to}:${dir}/theirs${at}.tar:app:v1`,
        ]);
        await ok(["image", "import", `ocidir://${dir}/t${at}:v1`, `${dir}/theirs${at}.tar`]);
        assert.equal((await run(["image", "verify", "--deep", `ocidir://${dir}/t${at}:v1`])).code, 0);
      }
    }),
});

Deno.test("names of an archive that hold no tag give none, and images of one tag are told from each other", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const layer = await archiveOf([file("a", "one")]);
    const text = new TextDecoder().decode(layer);
    const rootfs = {
      type: "layers",
      diff_ids: Array.from({ length: 3 }, () => `sha256:${createHash("sha256").update(layer).digest("hex")}`),
    };
    const config = (author: string) => JSON.stringify({ architecture: "amd64", os: "linux", author, rootfs });
    const images = async (...names: string[][]) => {
      const list = names.map((RepoTags, at) => ({ Config: `${at}.json`, RepoTags, Layers: ["l", "l", "l"] }));
      const configs = names.map((_, at) => file(`${at}.json`, config(String(at))));
      await Deno.writeFile(
        `${dir}/x.tar`,
        await archiveOf([file("manifest.json", JSON.stringify(list)), ...configs, file("l", text)]),
      );
      const { code, stderr, stdout } = await run(["image", "import", "--all", `ocidir://${dir}/a`, `${dir}/x.tar`]);
      return { code, stderr, stdout: stdout.replaceAll(`ocidir://${dir}/`, "") };
    };
    const zeros = "0".repeat(64);
    for (
      const name of ["evil:../../x", "localhost:5000/app", "app", "a:", `a@sha256:${zeros}`, `a:b@sha256:${zeros}`]
    ) {
      const { code, stderr } = await images([name]);
      assert.deepEqual([code, /has no image with a tag\nhint: .*--name/.test(stderr)], [5, true], name);
    }
    const same = await images(["one:v1", "two:v1"], ["three:v2", "evil:../x"]);
    assert.deepEqual([same.code, same.stdout], [0, "a:v1\na:v2\n"]);
    const other = await images(["one:v3"], ["two:v3"]);
    assert.equal(other.code, 2);
    assert.match(
      other.stderr,
      /Several images of the archive have the tag "v3", "two:v3" is one of them\nhint: .*--name/,
    );
    assert.equal((await run(["image", "digest", `ocidir://${dir}/a:v3`])).code, 5, "nothing was stored");
    assert.equal((await run(["image", "verify", "--deep", `ocidir://${dir}/a:v1`])).code, 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
