/** Files got out of images: layers, whiteouts, links, folders, and layers that are not what they should be. */
import assert from "node:assert/strict";
import { writeLayout } from "../support/content.ts";
import { Content } from "../support/content.ts";
import { addImage, type Layer } from "../support/images.ts";
import { needs, run as program, runOk } from "../support/programs.ts";
import { addTarLayer, archiveOf, type Entry, file, folder, hardlink, symlink } from "../support/tar_layers.ts";
import { run } from "../cli/harness.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";

async function withImage(
  layers: readonly (readonly Entry[])[],
  work: (image: string, folder: string, content: Content, made: readonly Layer[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const content = new Content();
    const made: Layer[] = [];
    for (const [at, entries] of layers.entries()) {
      made.push(await addTarLayer(content, entries, (["gzip", "zstd", "none"] as const)[at % 3]!));
    }
    addImage(content, { tag: "v1", layers: made });
    await writeLayout(content, folder);
    await work(`ocidir://${folder}:v1`, folder, content, made);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const get = (...args: string[]) => run(["image", "get-file", "-p", "linux/amd64", ...args]);

async function gets(image: string, path: string, text: string): Promise<void> {
  const { code, stdout, stderr } = await get(image, path);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: text, stderr: "" }, path);
}

async function lacks(image: string, path: string, exit = 5): Promise<string> {
  const { code, stdout, stderr } = await get(image, path);
  assert.deepEqual({ code, stdout }, { code: exit, stdout: "" }, path);
  return stderr;
}

Deno.test("the last layer that has a file counts, and whiteouts hide what is below", () =>
  withImage([
    [
      folder("etc"),
      file("etc/a", "one"),
      file("etc/b", "b"),
      file("etc/c", "c"),
      file("opt/x/y", "deep"),
      file("w", "w"),
    ],
    [file("./etc/a", "two"), file("etc/.wh.b", ""), file("opt/.wh..wh..opq", ""), file("opt/new", "new")],
    [file("b2", "b2"), file(".wh.w", "")],
  ], async (image) => {
    await gets(image, "/etc/a", "two");
    await gets(image, "etc//c", "c");
    await gets(image, "opt/new", "new");
    for (const path of ["etc/b", "opt/x/y", "w", "none", "etc/a/below", "../etc/none"]) await lacks(image, path);
    await gets(image, "../../etc/a", "two");
  }));

Deno.test("links are followed within the image, whatever they say", () =>
  withImage([
    [
      folder("usr/bin"),
      file("usr/bin/tool", "tool"),
      symlink("bin", "usr/bin"),
      hardlink("usr/bin/same", "usr/bin/tool"),
    ],
    [
      symlink("usr/bin/abs", "/usr/bin/tool"),
      symlink("usr/bin/up", "../../../../../bin/tool"),
      symlink("loop", "loop2"),
      symlink("loop2", "/loop"),
      symlink("usr/bin/next", "same"),
    ],
  ], async (image) => {
    for (const path of ["bin/tool", "usr/bin/same", "bin/abs", "bin/up", "bin/next", "/bin/../bin/same"]) {
      await gets(image, path, "tool");
    }
    assert.match(await lacks(image, "loop"), /lead in a circle/);
  }));

Deno.test("a folder is a tar of what the layers leave of it", () =>
  withImage([
    [
      folder("etc"),
      file("etc/a", "one"),
      file("etc/gone", "g"),
      folder("etc/d"),
      file("etc/d/old", "o"),
      file("top", "t"),
    ],
    [file("etc/a", "two"), file("etc/.wh.gone", ""), file("etc/d/.wh..wh..opq", ""), file("etc/d/new", "n")],
    [hardlink("etc/hard", "etc/a2"), file("etc/a2", "x"), hardlink("etc/top", "other"), file("other", "outside")]
      .toReversed(),
  ], async (image, folder) => {
    const { code } = await get(image, "/etc", `${folder}/out.tar`);
    assert.equal(code, 0);
    await Deno.mkdir(`${folder}/out`);
    await runOk("tar", ["-xf", `${folder}/out.tar`, "-C", `${folder}/out`]);
    const names: Record<string, string> = {};
    const walk = async (path: string) => {
      for await (const entry of Deno.readDir(`${folder}/out/${path}`)) {
        const name = path === "" ? entry.name : `${path}/${entry.name}`;
        if (entry.isDirectory) await walk(name);
        else names[name] = await Deno.readTextFile(`${folder}/out/${name}`);
      }
    };
    await walk("");
    assert.deepEqual(Object.entries(names).sort(), [
      ["etc/a", "two"],
      ["etc/a2", "x"],
      ["etc/d/new", "n"],
      ["etc/hard", "x"],
      ["etc/top", "outside"],
    ]);
    const whole = await get(image, "/", `${folder}/whole.tar`);
    assert.equal(whole.code, 0);
    assert.match(await runOk("tar", ["-tf", `${folder}/whole.tar`]), /^other$/m);
  }));

Deno.test("what is known of a file goes through templates", () =>
  withImage([[file("a", "text", { mode: 0o600, uname: "me" })]], async (image) => {
    const { stdout } = await get(
      image,
      "a",
      "--format",
      "{{.Header.Name}} {{.Header.Size}} {{printf `%o` .Header.Mode}} {{.Header.ModTime.Year}}",
    );
    assert.equal(stdout, "a 4 600 2024");
    const json = await get(image, "a", "--format", "json");
    assert.equal(JSON.parse(json.stdout).header.uname, "me");
  }));

Deno.test("a layer that is not what its digest says is named, and no file is written", () =>
  withImage([[file("a", "text".repeat(500))]], async (image, folder, _content, [layer]) => {
    const path = `${folder}/blobs/${layer!.descriptor.digest.replace(":", "/")}`;
    const tar = await archiveOf([file("a", "evil".repeat(500))]);
    await Deno.writeFile(path, tar);
    const { code, stderr } = await get(image, "a", `${folder}/out`);
    assert.equal(code, 6);
    assert.match(stderr, /(Size|Digest) of blob/);
    await assert.rejects(Deno.stat(`${folder}/out`), Deno.errors.NotFound);
  }));

Deno.test("layers that are cut, no archives, or say strange things fail with words", async () => {
  const whole = await archiveOf([file("a", "x".repeat(3000)), file("b", "y")]);
  const bad: readonly Uint8Array<ArrayBuffer>[] = [
    whole.slice(0, 1500),
    new TextEncoder().encode("no archive at all".repeat(60)),
    new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3]),
  ];
  for (const bytes of bad) {
    await withImage([], async (_image, folder) => {
      const content = new Content();
      const digest = content.addBlob(bytes);
      const descriptor = { mediaType: MEDIA_TYPE.ociLayer, digest, size: bytes.byteLength };
      addImage(content, { tag: "v1", layers: [{ descriptor, diffId: digestOf(bytes) }] });
      await writeLayout(content, folder);
      const { code, stderr } = await get(`ocidir://${folder}:v1`, "b");
      assert.equal(code, 6);
      assert.match(stderr, /^error: (Archive|Content) is not valid/);
    });
  }
});

Deno.test({
  ...needs("regctl gets the same files", "regctl"),
  fn: () =>
    withImage([
      [file("etc/a", "one"), file("etc/b", "b"), file("etc/c", "c")],
      [file("etc/a", "two"), file("etc/.wh.b", "")],
    ], async (image, folder, _content, made) => {
      const env = { REGCTL_CONFIG: `${folder}/none.json`, HOME: folder };
      for (const path of ["etc/a", "/etc/c", "etc/b", "none"]) {
        const theirs = await program("regctl", ["image", "get-file", "-p", "linux/amd64", image, path], { env });
        const ours = await get(image, path);
        assert.equal(ours.stdout, theirs.stdout);
        assert.equal(ours.code === 0, theirs.code === 0);
      }
      const repository = `ocidir://${folder}`;
      const words = ["get-file", repository, made[0]!.descriptor.digest, "etc/b"];
      const theirs = await runOk("regctl", ["blob", ...words], { env });
      assert.equal((await run(["blob", ...words])).stdout, theirs);
    }),
});
