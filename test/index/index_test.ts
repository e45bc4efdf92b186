/** Indexes made and changed, empty images, and bases that changed; side by side with regctl where it is there. */
import assert from "node:assert/strict";
import { Content, writeLayout } from "../support/content.ts";
import { addImage, addIndex, addLayer } from "../support/images.ts";
import { needs, runOk } from "../support/programs.ts";
import { run } from "../cli/harness.ts";

async function inLayout(work: (place: string, dir: string, content: Content) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const base = addLayer(content, 1);
    const images = ["amd64", "arm64", "s390x"].map((architecture, at) =>
      addImage(content, {
        tag: architecture,
        layers: [base, addLayer(content, 2 + at)],
        platform: { os: "linux", architecture },
      })
    );
    addIndex(content, { tag: "all", manifests: images });
    addImage(content, { tag: "base", layers: [base] });
    addImage(content, { tag: "otherbase", layers: [addLayer(content, 9)] });
    await writeLayout(content, `${dir}/a`);
    await work(`ocidir://${dir}/a`, dir, content);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

const platforms = async (image: string) =>
  await ok("manifest", "get", image, "--format", "{{range .Manifests}}{{.Platform}} {{end}}");

Deno.test("an index is made of images of here and elsewhere, grows without doubles, and shrinks", () =>
  inLayout(async (place, dir) => {
    const target = `ocidir://${dir}/b:v1`;
    await ok(
      "index",
      "create",
      target,
      "--ref",
      `${place}:amd64`,
      "--annotation",
      "org.example.b=2",
      "--annotation",
      "org.example.a=1",
    );
    assert.equal(await platforms(target), "linux/amd64 ");
    await ok("index", "add", target, "--ref", `${place}:all`, "--platform", "linux/amd64", "--platform", "linux/arm64");
    assert.equal(await platforms(target), "linux/amd64 linux/arm64 ");
    assert.equal((await run(["image", "verify", target])).code, 0);
    const arm64 = (await ok("image", "digest", "-p", "linux/arm64", target)).trim();
    await ok("index", "add", target, "--digest", arm64, "--desc-platform", "linux/arm/v7", "--desc-annotation", "k=v");
    assert.equal(await platforms(target), "linux/amd64 linux/arm64 linux/arm/v7 ");
    await ok("index", "delete", target, "--platform", "linux/amd64");
    assert.equal(await platforms(target), "linux/arm64 linux/arm/v7 ");
    await ok("index", "delete", target, "--digest", arm64);
    assert.equal(await platforms(target), "");
    assert.equal(
      await ok("manifest", "get", target, "--format", "{{json .Annotations}}"),
      '{"org.example.a":"1","org.example.b":"2"}\n',
    );
    const digest = (await ok("index", "create", target, "--by-digest", "--digest", arm64)).trim();
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    const wrong = await run(["index", "add", `${place}:amd64`, "--ref", `${place}:arm64`]);
    assert.equal(wrong.code, 9);
    const none = await run(["index", "add", target, "--ref", `${place}:all`, "--platform", "windows/amd64"]);
    assert.equal(none.code, 5);
  }));

Deno.test("an empty image has a config with what was said", () =>
  inLayout(async (_place, dir) => {
    const target = `ocidir://${dir}/c:v1`;
    await ok(
      "image",
      "create",
      target,
      "--platform",
      "linux/arm64",
      "--label",
      "a=b",
      "--created",
      "2024-01-02T03:04:05Z",
    );
    assert.equal(
      await ok(
        "image",
        "inspect",
        target,
        "-p",
        "linux/arm64",
        "--format",
        "{{.Config.Labels.a}} {{.Created.Year}} {{.Architecture}} {{len .RootFS.DiffIDs}}",
      ),
      "b 2024 arm64 0",
    );
    assert.equal((await run(["image", "verify", "--deep", target])).code, 0);
    assert.equal((await run(["image", "create", target, "--created", "yesterday"])).code, 2);
  }));

Deno.test("a base that changed is told from one that did not", () =>
  inLayout(async (place, _dir, content) => {
    const same = await run(["image", "check-base", `${place}:all`, "--base", `${place}:base`, "--no-config"]);
    assert.deepEqual([same.code, same.stdout, same.stderr], [0, "base image matches\n", ""]);
    const changed = await run(["image", "check-base", `${place}:all`, "--base", `${place}:otherbase`]);
    assert.deepEqual([changed.code, changed.stdout, changed.stderr], [10, "base image has changed\n", ""]);
    const digest = content.resolve("base")!;
    assert.equal(
      (await run(["image", "check-base", `${place}:all`, "--base", `${place}:base`, "--digest", digest])).code,
      0,
    );
    assert.equal(
      (await run([
        "image",
        "check-base",
        `${place}:all`,
        "--base",
        `${place}:otherbase`,
        "--digest",
        digest,
        "--quiet",
      ])).stdout,
      "",
    );
    const unknown = await run(["image", "check-base", `${place}:all`]);
    assert.equal(unknown.code, 5);
    assert.match(unknown.stderr, /does not say what its base is\nhint: name it with --base/);
    const dialect = await run(["image", "check-base", `${place}:all`, "--base", `${place}:otherbase`], {
      argv0: "regctl",
    });
    assert.deepEqual([dialect.code, dialect.stdout], [1, "base image has changed\n"]);
  }));

Deno.test({
  ...needs("regctl makes the same indexes", "regctl"),
  fn: () =>
    inLayout(async (place, dir) => {
      const env = { REGCTL_CONFIG: `${dir}/none.json`, HOME: dir };
      const oci: readonly string[][] = [
        [],
        ["--ref", `${place}:amd64`, "--ref", `${place}:arm64`],
        ["--ref", `${place}:all`, "--platform", "linux/amd64", "--platform", "linux/s390x", "--annotation", "a=b"],
        ["--ref", `${place}:all`, "--artifact-type", "application/example"],
        [
          "--ref",
          `${place}:amd64`,
          "--desc-annotation",
          "z=1",
          "--desc-annotation",
          "a=2",
          "--desc-platform",
          "linux/arm/v7",
        ],
      ];
      for (const [at, flags] of oci.entries()) {
        const words = (name: string) => ["index", "create", "--by-digest", ...flags, `ocidir://${dir}/${name}:v${at}`];
        assert.equal(await ok(...words("ours")), await runOk("regctl", words("theirs"), { env }), flags.join(" "));
      }
      for (const base of ["base", "otherbase"]) {
        const line = ["image", "check-base", `${place}:amd64`, "--base", `${place}:${base}`, "--no-config"];
        const ours = await run(line, { argv0: "regctl" });
        const theirs = await new Deno.Command("regctl", { args: line, env }).output();
        assert.deepEqual([ours.code, ours.stdout], [theirs.code, new TextDecoder().decode(theirs.stdout)]);
      }
    }),
});
