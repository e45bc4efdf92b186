/** `image mod` side by side with regctl, and what other programs say of its results. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { corpus } from "../../scripts/corpus.ts";
import { DockerRegistry } from "../support/docker_registry.ts";
import { needs, runOk } from "../support/programs.ts";
import { configOf, inLab, manifestOf, ok } from "./lab.ts";

const EPOCH = { SOURCE_DATE_EPOC: "1700000000" };

/** Command lines whose result is the same to the last byte; the image first. */
const EQUAL: readonly (readonly string[])[] = [
  ["docker-list", "--to-oci"],
  ["docker-list", "--to-oci", "--annotation", "[*]x=<y>"],
  ["docker2", "--to-oci", "--annotation", "a=b"],
  ["docker2", "--annotation", "a=b", "--label", "x=y", "--env", "A=B", "--env", "PATH="],
  ["docker2", "--layer-rm-index", "0"],
  ["zstd", "--to-docker"],
  ["zstd", "--layer-compress", "none"],
  ["zstd", "--digest-algo", "sha512"],
  ["zstd", "--config-time", "set=2021-02-03T04:05:06Z", "--author", "me", "--user", "1:1", "--workdir", "/x"],
  ["zstd", "--config-cmd", '["a"]', "--config-entrypoint", "echo hi", "--expose-add", "80/tcp", "--volume-add", "/v"],
  ["uncompressed", "--time", "set=2021-02-03T04:05:06Z"],
  ["uncompressed", "--time-max", "2021-02-03T04:05:06Z", "--reproducible"],
  ["foreign-oci", "--to-docker"],
  ["foreign-docker", "--to-oci"],
  ["sha512-blobs", "--annotation", "[*]a=b"],
  ["artifact", "--annotation", "a=b"],
  ["nolayers", "--annotation", "a=b"],
];

/** Command lines that compress anew: only what is inside the layers is the same. */
const ALIKE: readonly (readonly string[])[] = [
  ["zstd", "--time", "set=2021-02-03T04:05:06Z"],
  ["docker-list", "--layer-time", "set=2021-02-03T04:05:06Z", "--reproducible"],
  ["docker2", "--layer-strip-file", "etc/os-release"],
  ["docker2", "--layer-add", "tar=TAR"],
  ["docker2", "--layer-add", "dir=DIR", "--reproducible"],
  ["uncompressed", "--layer-compress", "gzip"],
];

async function bothChange(
  work: (change: (words: readonly string[]) => Promise<readonly [string, string]>) => Promise<void>,
) {
  const dir = await Deno.makeTempDir();
  try {
    const misc = await corpus(dir, "misc");
    await Deno.mkdir(join(dir, "files", "sub"), { recursive: true });
    await Deno.writeTextFile(join(dir, "files", "sub", "x"), "text");
    await runOk("tar", ["cf", join(dir, "t.tar"), "-C", join(dir, "files"), "."]);
    const places = await Promise.all(["ours", "theirs"].map(async (name) => {
      await runOk("cp", ["-r", misc, join(dir, name)]);
      return `ocidir://${dir}/${name}`;
    }));
    let count = 0;
    await work(async ([tag, ...flags]) => {
      const filled = flags.map((flag) => flag.replace("TAR", join(dir, "t.tar")).replace("DIR", join(dir, "files")));
      const out = `out${count++}`;
      const words = (place: string) => ["image", "mod", `${place}:${tag}`, "--create", out, ...filled];
      const ours = await ok(words(places[0]!), { argv0: "regctl", env: EPOCH });
      const theirs = await runOk("regctl", words(places[1]!), { env: EPOCH });
      assert.equal(ours.replace("/ours:", "/theirs:"), theirs);
      return [`${places[0]}:${out}`, `${places[1]}:${out}`];
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test({
  ...needs("where nothing is compressed anew, digests are regctl's", "regctl", "tar"),
  fn: () =>
    bothChange(async (change) => {
      for (const words of EQUAL) {
        const [ours, theirs] = await change(words);
        const digest = async (image: string) => await ok(["image", "digest", image]);
        assert.equal(await digest(ours), await digest(theirs), words.join(" "));
      }
    }),
});

Deno.test({
  ...needs("where layers are compressed anew, their content and configs are regctl's", "regctl", "tar"),
  fn: () =>
    bothChange(async (change) => {
      for (const words of ALIKE) {
        const [ours, theirs] = await change(words);
        await ok(["image", "verify", ours]);
        const platform = words[0] === "docker-list" ? "linux/arm64" : "linux/amd64";
        assert.deepEqual(await configOf(ours, platform), await configOf(theirs, platform), words.join(" "));
        const types = async (image: string) =>
          (await manifestOf(image, "-p", platform)).layers.map(({ mediaType }) => mediaType);
        assert.deepEqual(await types(ours), await types(theirs), words.join(" "));
      }
    }),
});

Deno.test({
  ...needs("a registry that checks takes the result, and skopeo reads it", "docker-registry", "skopeo"),
  fn: () =>
    inLab(async ({ place, dir }) => {
      await using registry = await DockerRegistry.start({ validation: true });
      const hosts = ["--host", `reg=${registry.host},tls=disabled`];
      for (const types of ["--to-docker", "--to-oci"]) {
        const image = `${registry.host}/app:${types.slice(5)}`;
        const flags = [
          types,
          "--layer-compress",
          "gzip",
          "--time",
          "set=2020-01-01T00:00:00Z",
          "--layer-strip-file",
          "etc/secret",
        ];
        await ok(["image", "mod", `${place}:all`, "--create", image, ...flags, ...hosts]);
        await ok(["image", "verify", image, ...hosts]);
        const shown = JSON.parse(await runOk("skopeo", ["inspect", "--tls-verify=false", `docker://${image}`]));
        assert.deepEqual([shown.Created, shown.Layers.length], ["2020-01-01T00:00:00Z", 2]);
        await runOk("skopeo", ["copy", "--src-tls-verify=false", `docker://${image}`, `oci:${dir}/copied:v1`]);
      }
      const created = `${registry.host}/app:v2`;
      await ok(["image", "mod", `${registry.host}/app:oci`, "--create", "v2", "--label", "a=b", ...hosts]);
      const shown = JSON.parse(
        await runOk("skopeo", ["inspect", "--config", "--tls-verify=false", `docker://${created}`]),
      );
      assert.equal(shown.config.Labels.a, "b");
    }),
});
