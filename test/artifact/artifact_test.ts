/** Artifacts: put, got, listed, unpacked where nothing may leave the folder. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { parseManifest } from "../../src/oci/manifest.ts";
import { Content, writeLayout } from "../support/content.ts";
import { addArtifact, addImage, addIndex, addLayer, jsonBytes } from "../support/images.ts";
import { needs, runOk } from "../support/programs.ts";
import { archiveOf, type Entry, file, folder, hardlink, symlink } from "../support/tar_layers.ts";
import { run, type RunOptions } from "../cli/harness.ts";
import { TAR_TYPE, tarHeader } from "../../src/archive/tar_header.ts";
import { inFolder } from "../support/folder.ts";

async function ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

async function fails(args: readonly string[], exit: number, message: RegExp): Promise<void> {
  const { code, stderr } = await run(args);
  assert.equal(code, exit, `${args.join(" ")}: ${stderr}`);
  assert.match(stderr, message);
}

async function tree(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const walk = async (inside: string) => {
    for await (const entry of Deno.readDir(`${path}/${inside}`)) {
      const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory) await walk(name);
      else if (entry.isSymlink) found[name] = `-> ${await Deno.readLink(`${path}/${name}`)}`;
      else found[name] = await Deno.readTextFile(`${path}/${name}`);
    }
  };
  await walk("");
  return found;
}

/** A layout with an index of two images, referrers of several types, and tags of digests. */
async function referred(path: string): Promise<Content> {
  const content = new Content();
  const images = ["amd64", "arm64"].map((architecture, at) =>
    addImage(content, { layers: [addLayer(content, at)], platform: { os: "linux", architecture } })
  );
  const index = addIndex(content, { tag: "v1", manifests: images });
  const created = "org.opencontainers.image.created";
  const sbom = (name: string, day: string) =>
    addArtifact(content, {
      artifactType: "application/spdx+json",
      subject: index,
      text: name,
      annotations: { [created]: `2024-01-${day}T00:00:00Z`, "org.example.name": name },
    });
  sbom("old", "01");
  const young = sbom("young", "03");
  sbom("middle", "02");
  addArtifact(content, { artifactType: "application/example.signature", subject: young });
  addArtifact(content, { artifactType: "application/example.of-image", subject: images[0]! });
  addArtifact(content, { tag: `${index.digest.replace(":", "-")}.sig`, artifactType: "application/example.cosign" });
  await writeLayout(content, path);
  return content;
}

Deno.test("files and folders are stored, and come back", () =>
  inFolder(async (dir) => {
    await Deno.mkdir(`${dir}/in/docs/deep`, { recursive: true });
    await Deno.writeTextFile(`${dir}/in/a.txt`, "text a");
    await Deno.writeTextFile(`${dir}/in/docs/b.txt`, "text b");
    await Deno.writeTextFile(`${dir}/in/docs/deep/run`, "#!/bin/sh\n", { mode: 0o755 });
    await Deno.symlink("../b.txt", `${dir}/in/docs/deep/link`);
    const target = `ocidir://${dir}/layout:one`;
    const words = ["artifact", "put", target, "--artifact-type", "application/example", "--file-title", "--strip-dirs"];
    const files = ["-f", `${dir}/in/a.txt`, "-f", `${dir}/in/docs`, "-m", "application/octet-stream"];
    const put = [...words, ...files, "--annotation", "org.example.a=b=c"];
    const first = await ok([...put, "--by-digest"]);
    await Deno.utime(`${dir}/in/docs/b.txt`, 1, 1);
    assert.equal(await ok([...put, "--by-digest"]), first);
    assert.equal(await ok(put), "");
    const manifest = JSON.parse(await ok(["manifest", "get", target, "--format", "raw-body"]));
    assert.deepEqual(manifest.annotations, { "org.example.a": "b=c" });
    assert.deepEqual(
      manifest.layers.map((layer: { annotations: Record<string, string> }) =>
        layer.annotations["org.opencontainers.image.title"]
      ),
      ["a.txt", "docs/"],
    );
    await Deno.mkdir(`${dir}/out`);
    await ok(["artifact", "get", target, "-o", `${dir}/out`]);
    assert.deepEqual(await tree(`${dir}/out`), {
      "a.txt": "text a",
      "docs/b.txt": "text b",
      "docs/deep/run": "#!/bin/sh\n",
      "docs/deep/link": "-> ../b.txt",
    });
    assert.equal((await Deno.stat(`${dir}/out/docs/deep/run`)).mode! & 0o777, 0o755);
    assert.equal(await ok(["artifact", "get", target, "-f", "a.txt"]), "text a");
    await fails(["artifact", "get", target], 2, /has 2 files that fit\nhint: choose one/);
    await fails(["artifact", "get", target, "-f", "c"], 5, /No file .* matches\nhint: it has a.txt, docs\//);
    await fails(["artifact", "get", target, "-o", `${dir}/none`], 2, /is not a folder/);
  }));

Deno.test("standard input is stored, configs are kept apart, an index grows", () =>
  inFolder(async (dir) => {
    const target = `ocidir://${dir}/layout:v1`;
    const type = ["--artifact-type", "application/example"];
    await ok(["artifact", "put", ...type, target], { stdin: "hello" });
    assert.equal(await ok(["artifact", "get", target]), "hello");
    assert.equal(await ok(["artifact", "get", "--config", target]), "{}");
    await Deno.writeTextFile(`${dir}/config.json`, '{"a":1}');
    const config = ["--config-file", `${dir}/config.json`, "--config-type", "application/example.config+json"];
    await ok(["artifact", "put", ...config, `ocidir://${dir}/layout:v2`], { stdin: "x" });
    await ok(["artifact", "get", `ocidir://${dir}/layout:v2`, "--config-file", `${dir}/c`, "--config"]);
    assert.equal(await Deno.readTextFile(`${dir}/c`), '{"a":1}');
    for (const platform of ["linux/amd64", "linux/arm64"]) {
      await ok(["artifact", "put", ...type, "--index", "-p", platform, `ocidir://${dir}/layout:all`], {
        stdin: platform,
      });
    }
    assert.equal(await ok(["artifact", "get", "-p", "linux/arm64", `ocidir://${dir}/layout:all`]), "linux/arm64");
    await fails(["artifact", "put", "--index", ...type, target], 9, /is no index/);
    await fails(["artifact", "put", "--artifact-type", "nonsense", target], 2, /must be a media type/);
    await fails(["artifact", "put"], 2, /Argument "artifact" is missing/);
    await fails(["artifact", "put", target, "-f", `${dir}/none`, ...type], 1, /Could not read .*: it does not exist/);
  }));

Deno.test("referrers are listed, filtered, sorted and got; a tree shows all", () =>
  inFolder(async (dir) => {
    const content = await referred(dir);
    const image = `ocidir://${dir}:v1`;
    const names = async (...flags: string[]) =>
      (await ok([
        "artifact",
        "list",
        image,
        ...flags,
        "--format",
        '{{range .Descriptors}}{{index .Annotations "org.example.name"}} {{end}}',
      ])).trim();
    const spdx = ["--filter-artifact-type", "application/spdx+json"];
    assert.equal(await names(...spdx, "--latest"), "young middle old");
    assert.equal(await names(...spdx, "--sort-annotation", "org.example.name"), "middle old young");
    assert.equal(await names("--filter-annotation", "org.example.name=old"), "old");
    assert.equal(await names("--filter-annotation", "org.example.name"), await names(...spdx));
    const rows = (await ok(["artifact", "list", image, "--digest-tags", "--format", "ndjson"])).trim().split("\n");
    assert.equal(rows.length, 4);
    const json = JSON.parse(await ok(["artifact", "list", image, "--digest-tags", "--format", "json"]));
    assert.deepEqual(json.descriptors.map(({ kind }: { kind: string }) => kind).sort(), [
      "sbom",
      "sbom",
      "sbom",
      "signature",
    ]);
    assert.equal(await ok(["artifact", "get", "--subject", image, ...spdx, "--latest"]), "young");
    await fails(["artifact", "get", "--subject", image, "--filter-artifact-type", "a/b"], 5, /No matching artifact/);
    const shown = await ok(["artifact", "tree", image]);
    for (const digest of content.manifests.keys()) {
      const isList = content.manifest(digest).artifactType === "application/example.cosign";
      assert.equal(shown.includes(digest), !isList, digest);
    }
  }));

Deno.test("a referrer is put by its subject alone", () =>
  inFolder(async (dir) => {
    await referred(dir);
    const image = `ocidir://${dir}:v1`;
    const type = ["--artifact-type", "application/example.new"];
    const digest = (await ok(["artifact", "put", ...type, "--subject", image, "--by-digest"], { stdin: "mine" }))
      .trim();
    assert.equal(
      await ok(["artifact", "get", "--subject", image, "--filter-artifact-type", "application/example.new"]),
      "mine",
    );
    await ok(["artifact", "put", ...type, "--subject", image, "-p", "linux/arm64"], { stdin: "arm" });
    assert.equal(
      await ok(["artifact", "list", image, "-p", "linux/arm64", "--format", "{{len .Descriptors}}"]),
      "1",
    );
    const raw = await ok(["manifest", "get", `ocidir://${dir}@${digest}`, "--format", "raw-body"]);
    assert.equal(
      parseManifest(new TextEncoder().encode(raw), { mediaType: "" }).subject?.digest,
      await digestOf(image),
    );
  }));

async function digestOf(image: string): Promise<string> {
  return (await ok(["image", "digest", image])).trim();
}

/** An artifact whose files have the names and contents that are given. */
async function withFiles(
  dir: string,
  files: readonly (readonly [title: string, bytes: Uint8Array<ArrayBuffer>])[],
): Promise<string> {
  const content = new Content();
  const layers = files.map(([title, bytes]) => ({
    mediaType: "application/octet-stream",
    digest: content.addBlob(bytes),
    size: bytes.byteLength,
    annotations: { "org.opencontainers.image.title": title },
  }));
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: content.addBlob(jsonBytes({})), size: 2 };
  content.addManifest(mediaType, jsonBytes({ schemaVersion: 2, mediaType, config, layers }), "v1");
  await writeLayout(content, `${dir}/layout`);
  await Deno.mkdir(`${dir}/out`);
  return `ocidir://${dir}/layout:v1`;
}

Deno.test("names that try to leave the folder stay in it", () =>
  inFolder(async (dir) => {
    const text = (words: string) => new TextEncoder().encode(words);
    const artifact = await withFiles(dir, [["../../up", text("1")], [`${dir}/abs`, text("2")], [
      "a/../b/./c",
      text("3"),
    ], ["", text("4")]]);
    await ok(["artifact", "get", artifact, "-o", `${dir}/out`]);
    const found = await tree(`${dir}/out`);
    assert.equal(found.up, "1");
    assert.equal(found[`${dir}/abs`.slice(1)], "2");
    assert.equal(found["b/c"], "3");
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort(),
      ["layout", "out"],
    );
  }));

Deno.test("links in the folder are not followed out of it", () =>
  inFolder(async (dir) => {
    const artifact = await withFiles(dir, [["sub/file", new TextEncoder().encode("x")]]);
    await Deno.mkdir(`${dir}/elsewhere`);
    await Deno.symlink(`${dir}/elsewhere`, `${dir}/out/sub`);
    await fails(["artifact", "get", artifact, "-o", `${dir}/out`], 9, /is in the way/);
    assert.deepEqual(await tree(`${dir}/elsewhere`), {});
  }));

Deno.test("archives that try to leave the folder are refused or stay in it", () =>
  inFolder(async (dir) => {
    const cases: readonly (readonly [string, readonly Entry[], number, string[]])[] = [
      ["stays", [file("../../up", "1"), file("/abs", "2"), folder("d"), hardlink("d/h", "../abs")], 0, [
        "abs",
        "d/h",
        "up",
      ]],
      ["link out", [symlink("out", "../../elsewhere"), file("out/x", "x")], 9, []],
      ["absolute link", [symlink("out", "/etc"), file("out/x", "x")], 9, []],
      ["through a link", [folder("d"), symlink("d/l", "."), file("d/l/x", "x")], 9, ["d/l"]],
      ["link to nothing", [hardlink("h", "none")], 5, []],
      ["device", [[tarHeader("dev", { type: TAR_TYPE.characterDevice })]], 9, []],
    ];
    for (const [name, entries, exit, left] of cases) {
      const place = `${dir}/${name}`;
      await Deno.mkdir(place);
      const artifact = await withFiles(place, [["t/", new Uint8Array(gzipSync(await archiveOf(entries)))]]);
      const { code, stderr } = await run(["artifact", "get", artifact, "-o", `${place}/out`]);
      assert.equal(code, exit, `${name}: ${stderr}`);
      assert.deepEqual(Object.keys(await tree(`${place}/out`)).sort(), left.map((path) => `t/${path}`), name);
      assert.deepEqual((await Array.fromAsync(Deno.readDir(place))).map((entry) => entry.name).sort(), [
        "layout",
        "out",
      ]);
    }
  }));

Deno.test("a file whose bytes are wrong gets no name", () =>
  inFolder(async (dir) => {
    const artifact = await withFiles(dir, [["a", new TextEncoder().encode("right")]]);
    for await (const blob of Deno.readDir(`${dir}/layout/blobs/sha256`)) {
      const path = `${dir}/layout/blobs/sha256/${blob.name}`;
      if (await Deno.readTextFile(path) === "right") await Deno.writeTextFile(path, "wrong");
    }
    await fails(["artifact", "get", artifact, "-o", `${dir}/out`], 6, /Digest of blob/);
    assert.deepEqual(await tree(`${dir}/out`), {});
  }));

Deno.test({
  ...needs("regctl lists, shows, gets and stores the same", "regctl"),
  fn: () =>
    inFolder(async (dir) => {
      await referred(`${dir}/a`);
      await Deno.mkdir(`${dir}/home`);
      const env = { REGCTL_CONFIG: `${dir}/none.json`, HOME: `${dir}/home` };
      const image = `ocidir://${dir}/a:v1`;
      const lines: readonly string[][] = [
        ["artifact", "list", image],
        ["artifact", "list", image, "--latest"],
        ["artifact", "list", image, "-p", "linux/amd64"],
        [
          "artifact",
          "list",
          image,
          "--filter-artifact-type",
          "application/spdx+json",
          "--sort-annotation",
          "org.example.name",
          "--sort-desc",
        ],
        [
          "artifact",
          "list",
          image,
          "--digest-tags",
          "--format",
          "{{range .Descriptors}}{{println .Digest .ArtifactType}}{{end}}",
        ],
        ["artifact", "tree", image],
        ["artifact", "tree", image, "--filter-artifact-type", "application/example.of-image"],
        ["artifact", "tree", image, "--digest-tags"],
        ["artifact", "get", "--subject", image, "--latest"],
      ];
      // Annotations of a descriptor come in no order from regctl.
      const sorted = (text: string) => text.includes("Annotations:") ? text.split("\n").sort().join("\n") : text;
      for (const line of lines) {
        assert.equal(sorted(await ok(line)), sorted(await runOk("regctl", line, { env })), line.join(" "));
      }
      await Deno.writeTextFile(`${dir}/f.txt`, "text");
      const puts: readonly string[][] = [
        ["--artifact-type", "application/example", "-f", `${dir}/f.txt`, "--file-title", "--strip-dirs"],
        [
          "--artifact-type",
          "application/example",
          "-f",
          `${dir}/f.txt`,
          "-m",
          "text/plain",
          "--annotation",
          "b=2",
          "--annotation",
          "a=1",
        ],
        ["--config-type", "application/c", "--config-file", `${dir}/f.txt`, "-f", `${dir}/f.txt`],
        ["--artifact-type", "application/example", "-f", `${dir}/f.txt`, "--subject", image],
      ];
      for (const [at, flags] of puts.entries()) {
        const words = (name: string) => ["artifact", "put", ...flags, "--by-digest", `ocidir://${dir}/a:${name}${at}`];
        assert.equal(await ok(words("ours")), await runOk("regctl", words("theirs"), { env }), flags.join(" "));
      }
    }),
});
