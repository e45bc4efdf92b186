/** Other programs take images out of bundles. */
import assert from "node:assert/strict";
import { DockerRegistry } from "../support/docker_registry.ts";
import { needs, runOk } from "../support/programs.ts";
import { run } from "../cli/harness.ts";
import { BundlePlace } from "./place.ts";

Deno.test({
  ...needs("skopeo finds images by their names, with all platforms", "skopeo"),
  fn: async () => {
    await using place = await BundlePlace.open();
    const file = await place.create("all.tar");
    for (const [at, to] of ["org/app", "org/app", "other/tool"].entries()) {
      const tag = place.all[at]!.split(":").at(-1)!;
      const from = `oci-archive:${file}:${place.all[at]}`;
      const target = `docker://${place.target.host}/skopeo/${to}:${tag}`;
      await runOk("skopeo", ["copy", "--all", "--preserve-digests", "--dest-tls-verify=false", from, target]);
      const content = at === 2 ? place.tool : place.app;
      assert.equal(await place.digestAt(`skopeo/${to}`, tag), content.resolve(tag));
    }
    await place.ok("create", "-o", place.path("one.tar"), place.all[1]!);
    const raw = await runOk("skopeo", ["inspect", "--raw", `oci-archive:${place.path("one.tar")}:v0`]);
    assert.equal(raw, new TextDecoder().decode(place.app.manifest("v0").raw));
  },
});

Deno.test({
  ...needs("regctl finds images by their names", "regctl"),
  fn: async () => {
    await using place = await BundlePlace.open();
    const { host } = place.target;
    const config = place.path("regctl.json");
    await Deno.writeTextFile(config, JSON.stringify({ hosts: { [host]: { tls: "disabled", hostname: host } } }));
    const env = { REGCTL_CONFIG: config, DOCKER_CONFIG: place.dir, HOME: place.dir };
    const file = await place.create("all.tar");
    for (const [at, to] of ["a", "b", "c"].entries()) {
      await runOk("regctl", ["image", "import", `${host}/${to}:x`, file, "--name", place.all[at]!], { env });
    }
    assert.equal(await place.digestAt("a", "x"), place.app.resolve("v1"));
    assert.equal(await place.digestAt("b", "x"), place.app.resolve("v0"));
    assert.equal(await place.digestAt("c", "x"), place.tool.resolve("v1"));
  },
});

Deno.test("image import takes one image with its signatures out of a bundle", async () => {
  await using place = await BundlePlace.open();
  const { host } = place.target;
  const file = await place.create("all.tar");
  const { code, stderr } = await run([
    "--host",
    `reg=${host},tls=disabled`,
    "--progress=none",
    "image",
    "import",
    `${host}/one:v1`,
    file,
    "--name",
    place.all[0]!,
  ]);
  assert.deepEqual([code, stderr], [0, ""]);
  for (const digest of place.app.referrers(place.app.resolve("v1")!).map(({ descriptor }) => descriptor.digest)) {
    assert.equal(await place.status(`one/manifests/${digest}`), 200);
  }
});

Deno.test({
  ...needs("docker-registry takes a bundle, referrers under their tags", "docker-registry"),
  fn: async () => {
    await using place = await BundlePlace.open();
    await using registry = await DockerRegistry.start();
    const file = await place.create("all.tar");
    const hosts = ["--host", `reg=${registry.host},tls=disabled`, "--progress=none"];
    const push = await run([...hosts, "bundle", "push", file, "--to", `${registry.host}/m`]);
    assert.deepEqual([push.code, push.stderr], [0, ""]);
    const index = place.app.resolve("v1")!;
    const list = await run([
      ...hosts,
      "manifest",
      "get",
      "--format",
      "raw-body",
      `${registry.host}/m/org/app:${index.replace(":", "-")}`,
    ]);
    const { manifests } = JSON.parse(list.stdout);
    assert.deepEqual(manifests.map(({ digest }: { digest: string }) => digest), [
      place.app.referrers(index)[0]!.descriptor.digest,
    ]);
    const back = place.path("back.tar");
    const create = await run([...hosts, "bundle", "create", "-o", back, `${registry.host}/m/org/app:v1`]);
    assert.deepEqual([create.code, create.stderr], [0, ""]);
    const [one, other] = await Promise.all([file, back].map((path) => place.json("list", path)));
    const digests = (image: { referrers: { digest: string }[] }) => image.referrers.map(({ digest }) => digest);
    assert.deepEqual(digests(other.images[0]), digests(one.images[0]));
  },
});
