/** What `image mod` does to annotations and configs. */
import assert from "node:assert/strict";
import { run } from "../cli/harness.ts";
import { configOf, inLab, manifestOf, mod } from "./lab.ts";

Deno.test("annotations go to the index alone, to all manifests, or to platforms", () =>
  inLab(async ({ place }) => {
    const image = await mod(
      `${place}:all`,
      ...["--annotation", "top=1", "--annotation", "[*]all=<&>", "--annotation", "[linux/arm64]arm=2"],
      ...["--annotation", "org.example.title="],
    );
    assert.deepEqual((await manifestOf(image)).annotations, { all: "<&>", top: "1" });
    assert.deepEqual((await manifestOf(image, "-p", "linux/amd64")).annotations, { all: "<&>" });
    assert.deepEqual((await manifestOf(image, "-p", "linux/arm64")).annotations, { all: "<&>", arm: "2" });
    const entries = (await manifestOf(image)).manifests;
    assert.deepEqual(entries.map(({ platform }) => platform?.architecture), ["amd64", "arm64"]);
  }));

Deno.test("labels become annotations, and those that all images share come up to the index, in the order of the command line", () =>
  inLab(async ({ place }) => {
    const flags = ["--label", "a=b", "--label", "[linux/amd64]c=d", "--label-to-annotation", "--annotation-promote"];
    const image = await mod(`${place}:all`, ...flags, "--label", "late=1");
    assert.deepEqual((await manifestOf(image)).annotations, { a: "b", "org.example.title": "two", seed: "2" });
    assert.deepEqual((await manifestOf(image, "-p", "linux/amd64")).annotations, { a: "b", c: "d", seed: "2" });
    assert.deepEqual((await configOf(image)).config?.Labels, { a: "b", c: "d", late: "1", seed: "2" });
    const early = await mod(`${place}:all`, "--label-to-annotation", "--label", "a=b");
    assert.deepEqual((await manifestOf(early, "-p", "linux/amd64")).annotations, { seed: "2" });
  }));

Deno.test("the base is named on all manifests", () =>
  inLab(async ({ place }) => {
    const digest = `sha256:${"a".repeat(64)}`;
    for (const value of [`alpine:3,${digest}`, `alpine:3@${digest}`]) {
      const { annotations } = await manifestOf(await mod(`${place}:one`, "--annotation-base", value));
      assert.equal(annotations?.["org.opencontainers.image.base.digest"], digest);
      assert.equal(annotations?.["org.opencontainers.image.base.name"], "docker.io/library/alpine:3");
    }
  }));

Deno.test("fields of configs are set and cleared", () =>
  inLab(async ({ place }) => {
    const image = await mod(
      `${place}:all`,
      ...["--author", "me", "--user", "[linux/amd64]1000:1000", "--workdir", "/srv", "--env", "A=1", "--env", "PATH="],
      ...["--env", "A=2", "--config-cmd", "echo hi", "--config-entrypoint", '["/app","-v"]', "--expose-add", "80/tcp"],
      ...["--expose-add", "81/tcp", "--expose-rm", "81/tcp", "--volume-add", "/data", "--config-platform", "linux/386"],
    );
    const { config, author, architecture } = await configOf(image, "linux/amd64");
    assert.deepEqual([author, architecture], ["me", "386"]);
    assert.deepEqual(config, {
      User: "1000:1000",
      ExposedPorts: { "80/tcp": {} },
      Env: ["A=2"],
      Entrypoint: ["/app", "-v"],
      Cmd: ["/bin/sh", "-c", "echo hi"],
      Volumes: { "/data": {} },
      WorkingDir: "/srv",
      Labels: { seed: "2" },
    });
    assert.equal((await configOf(image, "linux/arm64")).config?.User, undefined);
    const cleared = await mod(
      image,
      "--author",
      "",
      "--config-cmd",
      "",
      "--volume-rm",
      "/data",
      "--workdir=",
      "--label",
      "seed",
    );
    const after = await configOf(cleared, "linux/amd64");
    assert.deepEqual([after.author, after.config?.Cmd, after.config?.Volumes, after.config?.Labels], [
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  }));

Deno.test("times of configs are set, from a label of each platform, not of what the base brought", () =>
  inLab(async ({ place }) => {
    const labels = [
      "--label",
      "[linux/amd64]when=2020-01-01T00:00:00Z",
      "--label",
      "[linux/arm64]when=2021-01-01T00:00:00Z",
    ];
    const image = await mod(`${place}:all`, ...labels, "--config-time", "from-label=when,base-layers=1");
    for (const [platform, year] of [["linux/amd64", 2020], ["linux/arm64", 2021]] as const) {
      const { created, history } = await configOf(image, platform);
      assert.equal(created, `${year}-01-01T00:00:00Z`);
      assert.deepEqual(history?.map((step) => step.created), ["2024-01-01T00:00:00Z", `${year}-01-01T00:00:00Z`]);
    }
    const based = await mod(`${place}:all`, "--time", `set=2020-01-01T00:00:00+02:00,base-ref=${place}:base`);
    const { created, history } = await configOf(based);
    assert.equal(created, "2020-01-01T00:00:00+02:00");
    assert.equal(history?.[0]?.created, "2024-01-01T00:00:00Z");
    const kept = await mod(`${place}:all`, "--time", "set=2020-01-01T00:00:00Z,after=2024-02-01T00:00:00Z");
    assert.equal(
      (await manifestOf(kept)).manifests[0]!.digest,
      (await manifestOf(`${place}:all`)).manifests[0]!.digest,
    );
  }));

Deno.test("flags that make no sense are refused before anything is asked for", () =>
  inLab(async () => {
    const cases: readonly (readonly [RegExp, ...string[]])[] = [
      [/does not say a time/, "--time", "after=2020-01-01T00:00:00Z"],
      [/"2020" is no time/, "--time", "set=2020"],
      [/"bas" is no option/, "--time", "set=2020-01-01T00:00:00Z,bas=1"],
      [/add filename=path/, "--file-tar-time", "set=2020-01-01T00:00:00Z"],
      [/Media type "text\/plain" is not one of a layer/, "--layer-add", "dir=.,mediaType=text/plain"],
      [/must name one archive or one folder/, "--layer-add", "platform=linux/amd64"],
      [/There is no layer to add/, "--layer-add", "tar=/no/such/file"],
      [/Regular expression/, "--layer-rm-created-by", "("],
      [/write name=value/, "--buildarg-rm", "NAME"],
      [/Platform "oops\/" is not valid/, "--label", "[oops/]a=b"],
      [/Path "\/" is the whole image/, "--layer-strip-file", "/"],
      [/cannot be "sha1"/, "--digest-algo", "sha1"],
      [/write --rebase-ref old,new/, "--rebase-ref", "alpine:3"],
      [/must be an image or a tag/, "--create", "not~a~tag"],
    ];
    for (const [pattern, ...flags] of cases) {
      const { code, stderr } = await run(["image", "mod", "ocidir:///no/such/layout:v1", ...flags]);
      assert.match(stderr, pattern, flags.join(" "));
      assert([2, 5].includes(code) && !stderr.includes("/no/such/layout"), `${code} ${stderr}`);
    }
  }));

Deno.test("a platform that no image is for is told", () =>
  inLab(async ({ place }) => {
    const { code, stderr } = await run(["image", "mod", `${place}:all`, "--label", "[linux/riscv64]a=b"]);
    assert.equal(code, 0);
    assert.match(stderr, /No image is for platform linux\/riscv64/);
  }));
