/** Images that are put on another base, and build arguments that go. */
import assert from "node:assert/strict";
import { Content, writeLayout } from "../support/content.ts";
import { add, addImage, jsonBytes } from "../support/images.ts";
import { addTarLayer, file } from "../support/tar_layers.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { run } from "../cli/harness.ts";
import { configOf, manifestOf, mod, namesOf, ok } from "./lab.ts";

async function withBases(work: (place: string, content: Content) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const [old, young, app] = [
      await addTarLayer(content, [file("base", "old")]),
      await addTarLayer(content, [file("base", "new")]),
      await addTarLayer(content, [file("app", "app")]),
    ];
    const base = addImage(content, { tag: "old", layers: [old] });
    addImage(content, { tag: "base", layers: [young, await addTarLayer(content, [file("more", "m")])] });
    addImage(content, {
      tag: "app",
      layers: [old, app],
      annotations: {
        "org.opencontainers.image.base.name": `ocidir://${dir}:base`,
        "org.opencontainers.image.base.digest": base.digest,
      },
    });
    addImage(content, { tag: "plain", layers: [app] });
    addImage(content, { tag: "docker", layers: [old, app], docker: true });
    await writeLayout(content, dir);
    await work(`ocidir://${dir}`, content);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("an image is put on what its base is now, and says so", () =>
  withBases(async (place) => {
    const image = await mod(`${place}:app`, "--rebase", "--label", "a=b");
    assert.deepEqual(await namesOf(image), [["base"], ["more"], ["app"]]);
    const { history, rootfs } = await configOf(image);
    assert.deepEqual(history?.map((step) => step.created_by), ["layer 0", "layer 1", "layer 1"]);
    assert.equal(rootfs.diff_ids.length, 3);
    const { annotations } = await manifestOf(image);
    const now = (await ok(["image", "digest", `${place}:base`])).trim();
    assert.equal(annotations?.["org.opencontainers.image.base.digest"], now);
    assert.equal((await run(["image", "check-base", image])).code, 0);
    const again = await ok(["image", "mod", image, "--rebase"]);
    assert.equal(again.trim(), `${place}@${(await ok(["image", "digest", image])).trim()}`);
  }));

Deno.test("an image is put from one named base on another, in its own media types and another repository", () =>
  withBases(async (place) => {
    const image = await mod(`${place}:docker`, "--rebase-ref", `${place}:old,${place}:base`);
    const { layers } = await manifestOf(image);
    assert.deepEqual(layers.map(({ mediaType }) => mediaType), Array(3).fill(MEDIA_TYPE.dockerLayerGzip));
    const other = `${place}-other:v1`;
    try {
      await ok(["image", "mod", `${place}:app`, "--rebase-ref", `${place}:old,${place}:base`, "--create", other]);
      await ok(["image", "verify", other]);
      assert.deepEqual(await namesOf(other), [["base"], ["more"], ["app"]]);
    } finally {
      await Deno.remove(`${place}-other`.replace("ocidir://", ""), { recursive: true });
    }
  }));

Deno.test("an image that is not built on the old base is refused, one without annotations too", () =>
  withBases(async (place) => {
    const refused = await run(["image", "mod", `${place}:plain`, "--rebase-ref", `${place}:old,${place}:base`]);
    assert.equal(refused.code, 9);
    assert.match(refused.stderr, /is not built on the old base: layer 0 differs/);
    const missing = await run(["image", "mod", `${place}:plain`, "--rebase"]);
    assert.equal(missing.code, 5);
    assert.match(missing.stderr, /Image does not say what its base is/);
  }));

Deno.test("build arguments go from the history, and nothing else", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const layer = await addTarLayer(content, [file("a", "b")]);
    const lines: readonly (readonly [string, boolean])[] = [
      ["ARG TOKEN", true],
      ["ARG TOKEN_2=x", true],
      ["/bin/sh -c #(nop)  ARG TOKEN=abc", true],
      ["RUN |2 TOKEN=abc OTHER=1 /bin/sh -c make # buildkit", true],
      ["RUN |1 TOKEN=abc /bin/sh -c make # buildkit", true],
      ["|1 TOKEN=abc /bin/sh -c make", false],
      ["RUN |1 MYTOKEN=abc /bin/sh -c make", true],
    ];
    const config = jsonBytes({
      architecture: "amd64",
      os: "linux",
      rootfs: { type: "layers", diff_ids: [layer.diffId] },
      history: lines.map(([created_by, empty_layer]) => ({ created_by, ...(empty_layer ? { empty_layer } : {}) })),
    });
    const digest = content.addBlob(config);
    add(content, "v1", "sha256", {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      config: { mediaType: MEDIA_TYPE.ociConfig, digest, size: config.byteLength },
      layers: [layer.descriptor],
    });
    await writeLayout(content, dir);
    const wanted = [
      "ARG TOKEN_2=x",
      "RUN |1 OTHER=1 /bin/sh -c make # buildkit",
      "RUN /bin/sh -c make # buildkit",
      "/bin/sh -c make",
      "RUN |1 MYTOKEN=abc /bin/sh -c make",
    ];
    for (
      const [flag, value] of [["--buildarg-rm", "TOKEN=abc"], ["--buildarg-rm-regex", "TOKEN=(a|x)[b-c]+"]] as const
    ) {
      const { history } = await configOf(await mod(`ocidir://${dir}:v1`, flag, value));
      assert.deepEqual(history?.map((step) => step.created_by?.replace(/ {2,}/g, " ")), wanted, flag);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
