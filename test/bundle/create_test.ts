/** What goes into a bundle, and that it is the same each time. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { checkLayout, writeLayout } from "../support/content.ts";
import { isInstalled, runOk } from "../support/programs.ts";
import { BundlePlace, sha256Of, untar } from "./place.ts";

const EMPTY = digestOf(new TextEncoder().encode("{}"));
const tar = { ignore: !isInstalled("tar") };

Deno.test("a bundle holds all that images need, once, and each blob is read once", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar");
  assert.deepEqual(place.names(), ["all.tar", "all.tar.sha256"]);
  assert.equal(await Deno.readTextFile(`${file}.sha256`), `${sha256Of(file)}  all.tar\n`);
  const { images, content, id, ...rest } = await place.json("list", file);
  assert.match(id, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(Object.keys(rest).sort(), ["createdBy", "version"]);
  assert.deepEqual(images.map(({ name }: { name: string }) => name), place.all);
  assert.deepEqual(images[0].platforms, ["linux/amd64", "linux/arm64"]);
  assert.equal(images[0].digest, place.app.resolve("v1"));
  assert.equal(images[0].referrers.length, 3);
  assert.equal(images[0].digestTags.length, 1);
  const digests: string[] = content.map(({ digest }: { digest: string }) => digest);
  assert.equal(new Set(digests).size, digests.length);
  for (const one of [place.app, place.tool]) {
    for (const digest of [...one.blobs.keys(), ...one.manifests.keys()]) assert(digests.includes(digest), digest);
  }
  const reads = place.source.asked("GET", /\/blobs\//).map(({ path }) => path.split("/").at(-1));
  // The empty config is in its descriptor.
  const blobs = new Set([...place.app.blobs.keys(), ...place.tool.blobs.keys()]).difference(new Set([EMPTY]));
  assert.deepEqual(reads.toSorted(), [...blobs].sort());
  const asked = place.source.asked("GET", /manifests\/sha256:/).map(({ path }) => path);
  assert.equal(new Set(asked).size, asked.length);
});

Deno.test({
  name: "the archive is a layout, and sha256sum finds all of it good",
  ...tar,
  fn: async () => {
    await using place = await BundlePlace.open();
    await untar(await place.create("all.tar"), place.path("out"));
    const { blobs } = await checkLayout(place.path("out"));
    assert(blobs.has(place.app.resolve("v1")!));
    const said = await runOk("sha256sum", ["-c", "SHA256SUMS"], { cwd: place.path("out") });
    assert.equal(said.trim().split("\n").length, blobs.size + 4);
    const index = JSON.parse(await Deno.readTextFile(place.path("out/index.json")));
    const names = index.manifests.slice(0, 3).map(({ annotations }: { annotations: Record<string, string> }) => [
      annotations["io.containerd.image.name"],
      annotations["org.opencontainers.image.ref.name"],
    ]);
    assert.deepEqual(names, place.all.map((name) => [name, name]));
    await runOk("sha256sum", ["-c", "all.tar.sha256"], { cwd: place.dir });
  },
});

Deno.test("images of one repository are told apart by their tags", async () => {
  await using place = await BundlePlace.open();
  const file = place.path("app.tar");
  await place.ok("create", "-o", file, ...place.all.slice(0, 2));
  const { stdout, code } = await place.bundle("list", file);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^Name +Digest +Size +Referrers +Platforms\n.*org\/app:v1 +sha256:\w+ +\S+ +4 +linux\/amd64,linux\/arm64\n/,
  );
  const rows = (await place.ok("list", file, "--format", "ndjson")).trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(rows.map(({ digest }) => digest), [place.app.resolve("v1"), place.app.resolve("v0")]);
  const text = new TextDecoder().decode(await Deno.readFile(file));
  assert.match(text, /"io.containerd.image.name":"[^"]+\/org\/app:v1","org.opencontainers.image.ref.name":"v1"/);
});

Deno.test("the same images give the same bytes, also compressed and through standard output", async () => {
  await using place = await BundlePlace.open();
  for (const end of ["tar", "tar.gz", "tar.zst"]) {
    const [one, other] = [await place.create(`one.${end}`), await place.create(`other.${end}`)];
    assert.equal(sha256Of(one), sha256Of(other), end);
    assert.equal((await place.json("verify", one)).findings.length, 0);
    const ids = [await place.json("list", one), await place.json("list", place.path("one.tar"))].map(({ id }) => id);
    assert.equal(ids[0], ids[1]);
  }
  const { stdout } = await place.bundle("create", "-o", "-", ...place.all);
  const written = new TextDecoder().decode(await Deno.readFile(place.path("one.tar")));
  assert.equal(stdout, written);
});

Deno.test("platforms, signatures and digest tags can be left out", async () => {
  await using place = await BundlePlace.open();
  await place.ok("create", "-o", place.path("a.tar"), place.all[0]!, "-p", "linux/arm64");
  const { images: [image], content } = await place.json("list", place.path("a.tar"));
  assert.equal(image.digest, place.app.manifest("v1").manifests[1]!.digest);
  assert.equal(content.length, 4);
  await place.ok("create", "-o", place.path("b.tar"), place.all[0]!, "--referrers=false", "--digest-tags=false");
  const without = await place.json("list", place.path("b.tar"));
  assert.equal(without.content.length, 1 + 2 + 2 + 3);
  assert.equal(without.images[0].referrers, undefined);
});

Deno.test("a bundle since another has only what is new, however the other is given", async () => {
  await using place = await BundlePlace.open();
  const old = await place.create("old.tar.zst");
  await Deno.writeTextFile(place.path("old.json"), await place.ok("list", old, "--format", "raw-body"));
  for (const since of [old, place.path("old.json")]) {
    const file = await place.create("same.tar", "--since", since);
    assert((await Deno.stat(file)).size < 64 * 1024);
    const same = await place.json("list", file);
    assert.deepEqual(same.content, []);
    assert.equal(same.base.id, (await place.json("list", old)).id);
    assert.equal(same.images.length, 3);
  }
  await place.ok("create", "-o", place.path("one.tar"), place.all[2]!);
  const file = await place.create("new.tar", "--since", place.path("one.tar"));
  const { content, needs } = await place.json("list", file);
  const shared: string[] = needs.map(({ digest }: { digest: string }) => digest);
  assert.deepEqual(shared.toSorted(), [...place.tool.blobs.keys(), ...place.tool.manifests.keys()].sort());
  assert(!content.some(({ digest }: { digest: string }) => shared.includes(digest)));
  const third = await place.create("third.tar", "--since", file);
  assert.deepEqual((await place.json("list", third)).content, [], "what the base needs is there as well");
});

Deno.test("layouts are named after their folders", async () => {
  await using place = await BundlePlace.open();
  await writeLayout(place.tool, place.path("My Tool"));
  await place.ok("create", "-o", place.path("a.tar"), `ocidir://${place.path("My Tool")}:v1`);
  const { images } = await place.json("list", place.path("a.tar"));
  assert.equal(images[0].name, "localhost/my-tool:v1");
});

Deno.test("what cannot be made is said, and nothing is left behind", async () => {
  await using place = await BundlePlace.open();
  const file = place.path("all.tar");
  const fails = async (expected: number, message: RegExp, ...args: string[]) => {
    const { code, stderr } = await place.bundle("create", ...args);
    assert.equal(code, expected, stderr);
    assert.match(stderr, message);
    assert.deepEqual(place.names(), []);
  };
  await fails(2, /Flag "--output" is missing/, place.all[0]!);
  await fails(2, /No image is named/, "-o", file);
  await fails(2, /does not take "12"/, "-o", file, place.all[0]!, "--split", "12");
  await fails(2, /standard output/, "-o", "-", place.all[0]!, "--split", "1MiB");
  await fails(5, /v9/, "-o", file, `${place.source.host}/org/app:v9`);
  await fails(5, /does not exist/, "-o", file, place.all[0]!, "--since", place.path("none.tar"));
  await place.create("base.tar");
  const same = await place.bundle(
    "create",
    "-o",
    place.path("base.tar"),
    place.all[0]!,
    "--since",
    place.path("base.tar"),
  );
  assert.equal(same.code, 2);
  assert.match(same.stderr, /would take the place of its own base/);
  for (const name of place.names()) await Deno.remove(place.path(name));
  const [layer] = place.tool.manifest("v1").layers;
  place.source.repository("other/tool").blobs.delete(layer!.digest);
  await fails(5, /BLOB|does not exist|not there|unknown/i, "-o", file, place.all[2]!);
  place.source.repository("other/tool").blobs.set(layer!.digest, new Uint8Array(layer!.size));
  await fails(6, new RegExp(layer!.digest), "-o", file, place.all[2]!, "--split", "64KiB");
});

Deno.test("a bundle that was there stays when the next one fails", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar");
  const before = sha256Of(file);
  const [layer] = place.tool.manifest("v1").layers;
  for (const name of ["org/app", "other/tool"]) place.source.repository(name).blobs.delete(layer!.digest);
  assert.equal((await place.bundle("create", "-o", file, ...place.all)).code, 5);
  assert.equal(sha256Of(file), before);
  assert.deepEqual(place.names(), ["all.tar", "all.tar.sha256"]);
  assert.equal((await place.json("verify", file)).findings.length, 0);
});

Deno.test("progress tells of every piece, and of the bytes as they come", async () => {
  await using place = await BundlePlace.open();
  const { code, stderr } = await place.bundle("create", "-o", place.path("a.tar"), ...place.all, "--progress=json");
  assert.equal(code, 0);
  const events = stderr.trim().split("\n").map((line) => JSON.parse(line));
  const of = (event: string) => events.filter((one) => one.event === event);
  const { content } = await place.json("list", place.path("a.tar"));
  const blobs = content.filter(({ kind }: { kind: string }) => kind === "blob");
  const done = of("done").filter(({ kind }) => kind === "blob");
  assert.deepEqual(
    done.map(({ digest }) => digest).sort(),
    blobs.map(({ digest }: { digest: string }) => digest).sort(),
  );
  const [summary] = of("summary");
  assert.equal(summary.outcome, "done");
  assert.equal(summary.bytes, blobs.reduce((sum: number, { size }: { size: number }) => sum + size, 0));
  assert.equal(of("end").length, 3);
  assert.equal(of("found")[0].copy.target, place.path("a.tar"));
});
