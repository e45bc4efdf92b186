/** What is in a bundle gets to a registry. */
import assert from "node:assert/strict";
import { Content } from "../support/content.ts";
import { hangUp } from "../support/faults.ts";
import { addImage, addLayer } from "../support/images.ts";
import { BundlePlace } from "./place.ts";

Deno.test("everything gets there under its name, with what goes along", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar");
  const { host } = place.target;
  const said = await place.ok("push", file, "--to", `${host}/mirror`);
  assert.deepEqual(said.trim().split("\n"), [
    `${place.all[0]} -> ${host}/mirror/org/app:v1`,
    `${place.all[1]} -> ${host}/mirror/org/app:v0`,
    `${place.all[2]} -> ${host}/mirror/other/tool:v1`,
  ]);
  for (const tag of ["v1", "v0"]) assert.equal(await place.digestAt("mirror/org/app", tag), place.app.resolve(tag));
  assert.equal(await place.digestAt("mirror/other/tool", "v1"), place.tool.resolve("v1"));
  const referrers = await (await fetch(`${place.target.url}/v2/mirror/org/app/referrers/${place.app.resolve("v1")}`))
    .json();
  assert.equal(referrers.manifests.length, 1);
  const cosign = `${place.app.resolve("v1")!.replace(":", "-")}.sig`;
  assert.equal(await place.digestAt("mirror/org/app", cosign), place.app.resolve(cosign));
  for (const digest of place.app.manifests.keys()) {
    assert.equal(await place.status(`mirror/org/app/manifests/${digest}`), 200);
  }
  const again = await place.json("push", file, "--to", `${host}/mirror`);
  assert.deepEqual(again.images.map(({ bytes, changed }: { bytes: number; changed: boolean }) => [bytes, changed]), [
    [0, false],
    [0, false],
    [0, false],
  ]);
});

Deno.test("names are changed by --map and chosen by --only, and shown by --dry-run", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar");
  const { host } = place.target;
  const from = place.source.host;
  const shown = async (...flags: string[]) => {
    const { images } = await place.json("push", file, "--to", host, "--dry-run", ...flags);
    return images.map(({ target }: { target: string }) => target.slice(host.length + 1));
  };
  assert.deepEqual(await shown(), ["org/app:v1", "org/app:v0", "other/tool:v1"]);
  assert.deepEqual(await shown("--map", `${from}=m`), ["m/org/app:v1", "m/org/app:v0", "m/other/tool:v1"]);
  assert.deepEqual(await shown("--map", `${from}/org=`, "--map", `${from}=x`), ["app:v1", "app:v0", "x/other/tool:v1"]);
  assert.deepEqual(await shown("--map", `${from}/org/app:v1=one`, "--only", ".*/org/app:v1"), ["one:v1"]);
  assert.deepEqual(await shown("--map", `${from}/org/app:v1=one:stable`, "--only", ".*:v1"), [
    "one:stable",
    "other/tool:v1",
  ]);
  assert.deepEqual(await shown("--map", `${from}/org/ap=no`), ["org/app:v1", "org/app:v0", "other/tool:v1"]);
  const clash = await place.bundle(
    "push",
    file,
    "--to",
    host,
    "--map",
    `${from}/org/app=x`,
    "--map",
    `${from}/other/tool=x`,
  );
  assert.equal(clash.code, 2);
  assert.match(clash.stderr, /would both become ".*\/x:v1"\nhint: tell them apart with --map/);
  assert.equal((await place.bundle("push", file, "--to", host, "--only", "nothing")).code, 5);
  assert.equal((await place.bundle("push", file)).code, 2);
  assert.equal(await place.status("org/app/tags/list"), 404, "nothing was pushed");
});

Deno.test("a bundle without what its base has needs the base only where the target lacks it", async () => {
  await using place = await BundlePlace.open();
  const base = place.path("base.tar");
  await place.ok("create", "-o", base, place.all[2]!, place.all[1]!);
  const next = await place.create("next.tar", "--since", base);
  const { id } = await place.json("list", base);
  const { host } = place.target;
  const fails = await place.bundle("push", next, "--to", `${host}/one`);
  assert.equal(fails.code, 3 + 2);
  assert.match(
    fails.stderr,
    new RegExp(`Neither bundle ".*next.tar" nor the target has .*; the bundle's base has it, ${id}`),
  );
  assert.match(fails.stderr, /hint: push the base first, or name its file with --base/);
  await place.ok("push", next, "--to", `${host}/two`, "--base", base);
  assert.equal(await place.digestAt("two/org/app", "v1"), place.app.resolve("v1"));
  await place.ok("push", base, "--to", `${host}/three`);
  await place.ok("push", next, "--to", `${host}/three`);
  for (const tag of ["v1", "v0"]) assert.equal(await place.digestAt("three/org/app", tag), place.app.resolve(tag));
  assert.equal(await place.digestAt("three/other/tool", "v1"), place.tool.resolve("v1"));
});

Deno.test("what the base brought to other repositories of the target is found there", async () => {
  await using place = await BundlePlace.open();
  const base = place.path("base.tar");
  await place.ok("create", "-o", base, place.all[2]!);
  const next = await place.create("next.tar", "--since", base);
  const { needs } = await place.json("list", next);
  const shared = place.tool.manifest("v1").layers[0]!.digest;
  assert(needs.some(({ digest }: { digest: string }) => digest === shared));
  const to = ["--to", place.target.host];
  await place.ok("push", base, ...to);
  await place.ok("push", next, ...to);
  assert.equal(await place.digestAt("org/app", "v1"), place.app.resolve("v1"));
  assert.equal(await place.status(`org/app/blobs/${shared}`), 200);
});

Deno.test("a push that was cut goes on where it stopped", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar");
  const registry = place.source;
  const to = `${registry.host}/copy`;
  // The target is the fake one: it counts. The layer that all images share never gets through, the others do.
  const shared = place.tool.manifest("v1").layers[0]!;
  registry.requests.length = 0;
  registry.faults.add({
    when: ({ method, query }) => method !== "GET" && query.get("digest") === shared.digest,
    times: 1000,
    action: hangUp(),
  });
  const first = await place.bundle("push", file, "--to", to);
  assert.notEqual(first.code, 0);
  const done = new Set(
    [...registry.repositories].filter(([name]) => name.startsWith("copy/")).flatMap(([name, { blobs }]) =>
      [...blobs.keys()].map((digest) => `${name} ${digest}`)
    ),
  );
  assert(![...done].some((one) => one.endsWith(shared.digest)));
  registry.faults.clear();
  registry.requests.length = 0;
  await place.ok("push", file, "--to", to);
  const sent = registry.requests.filter(({ method, query, status }) =>
    method === "PUT" && query.has("digest") && status === 201
  )
    .map(({ path, query }) => `${/^\/v2\/(.+)\/blobs\//.exec(path)![1]} ${query.get("digest")}`);
  assert.equal(new Set(sent).size, sent.length);
  for (const one of sent) assert(!done.has(one), `${one} was there already`);
  assert(sent.some((one) => one.endsWith(shared.digest)));
  assert.equal(registry.repository("copy/org/app").resolve("v1"), place.app.resolve("v1"));
  registry.requests.length = 0;
  await place.ok("push", file, "--to", to);
  assert.equal(registry.requests.filter(({ method }) => !["GET", "HEAD"].includes(method)).length, 0);
});

Deno.test("a damaged bundle is pushed nowhere", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar", "--split", "64KiB");
  const bytes = await Deno.readFile(`${file}.002`);
  bytes[1000]! ^= 1;
  await Deno.writeFile(`${file}.002`, bytes);
  const damaged = await place.bundle("push", file, "--to", place.target.host);
  assert.equal(damaged.code, 6);
  assert.match(damaged.stderr, /nothing was pushed: ".*all\.tar\.002" is not what ".*all\.tar\.sha256" says/);
  await Deno.remove(`${file}.002`);
  const missing = await place.bundle("push", file, "--to", place.target.host);
  assert.equal(missing.code, 5);
  assert.match(missing.stderr, /lacks 1 of \d volumes: "all.tar.002"/);
  assert.equal(await place.status("org/app/tags/list"), 404);
});

Deno.test("a layout takes a bundle as well", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar.gz");
  await place.ok("push", file, "--to", `ocidir://${place.path("out")}`);
  assert.deepEqual(place.names(), ["all.tar.gz", "all.tar.gz.sha256", "out"]);
  const { code } = await place.bundle(
    "create",
    "-o",
    place.path("back.tar"),
    `ocidir://${place.path("out/org/app")}:v1`,
  );
  assert.equal(code, 0);
});

Deno.test("layers with urls go along where their registry has them", async () => {
  await using place = await BundlePlace.open();
  const content = new Content();
  const layer = addLayer(content, 50, 3000);
  const foreign = { ...layer, descriptor: { ...layer.descriptor, urls: ["https://example.org/layer"] } };
  addImage(content, { tag: "v1", layers: [addLayer(content, 51), foreign] });
  content.copyTo(place.source.repository("windows"));
  const image = `${place.source.host}/windows:v1`;
  await place.ok("create", "-o", place.path("a.tar"), image);
  await place.ok("push", place.path("a.tar"), "--to", `${place.target.host}/a`);
  assert.equal(await place.status(`a/windows/blobs/${layer.descriptor.digest}`), 200);
  place.source.repository("windows").blobs.delete(layer.descriptor.digest);
  const { code, stderr } = await place.bundle("create", "-o", place.path("b.tar"), image);
  assert.equal(code, 0);
  assert.match(stderr, /left out a layer that lies elsewhere/);
  await place.ok("push", place.path("b.tar"), "--to", `${place.target.host}/b`);
  assert.equal(await place.status(`b/windows/blobs/${layer.descriptor.digest}`), 404);
  assert.equal(await place.digestAt("b/windows", "v1"), content.resolve("v1"));
});
