/** Bundles in several files, and what is wrong with them. */
import assert from "node:assert/strict";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { Content, writeLayout } from "../support/content.ts";
import { addImage } from "../support/images.ts";
import { BundlePlace, sha256Of } from "./place.ts";

const LINE = /^(\S+) +(\S+) +(\S+)/;

async function damage(path: string, at: number): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  const byte = new Uint8Array(1);
  await file.seek(at, Deno.SeekMode.Start);
  await file.read(byte);
  await file.seek(at, Deno.SeekMode.Start);
  await file.write(new Uint8Array([byte[0]! ^ 0xff]));
}

Deno.test("volumes follow each other, have one list, and are found by any of their names", async () => {
  await using place = await BundlePlace.open();
  const whole = await place.create("whole.tar");
  const file = await place.create("all.tar", "--split", "64KiB");
  const volumes = place.names().filter((name) => /^all\.tar\.\d+$/.test(name));
  const { size } = await Deno.stat(whole);
  assert.equal(volumes.length, Math.ceil(size / 65536));
  assert.deepEqual(volumes.slice(0, 2), ["all.tar.001", "all.tar.002"]);
  const joined = new Uint8Array(size);
  let at = 0;
  for (const name of volumes) {
    const bytes = await Deno.readFile(place.path(name));
    joined.set(bytes, at);
    at += bytes.byteLength;
  }
  assert.deepEqual(joined, await Deno.readFile(whole));
  const list = volumes.map((name) => `${sha256Of(place.path(name))}  ${name}\n`).join("");
  assert.equal(await Deno.readTextFile(`${file}.sha256`), list);
  for (const name of [file, `${file}.001`, `${file}.003`]) {
    assert.equal((await place.json("verify", name)).findings.length, 0, name);
    assert.equal((await place.json("list", name)).images.length, 3, name);
  }
  await Deno.remove(`${file}.sha256`);
  assert.equal((await place.json("verify", file)).volumes, volumes.length);
  await place.ok("push", file, "--to", place.target.host);
});

Deno.test("missing and damaged volumes and blobs are named", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar", "--split", "64KiB");
  const broken = async (): Promise<string[]> => {
    const { code, stderr, stdout } = await place.bundle("verify", file);
    assert.equal(code, 6, stderr);
    return stdout.trim().split("\n").slice(0, -1).map((line) => LINE.exec(line)!.slice(1, 4).join(" "));
  };
  // In the middle of a layer that fills most of the second volume.
  await damage(`${file}.002`, 30_000);
  const found = await broken();
  assert.equal(found[0], `wrong volume ${file}.002`);
  assert.equal(found.length, 2);
  assert.match(found[1]!, /^wrong blob sha256:/);
  await damage(`${file}.002`, 30_000);
  assert.equal((await place.json("verify", file)).findings.length, 0);
  await Deno.remove(`${file}.003`);
  assert.deepEqual(await broken(), [`missing volume ${file}.003`]);
  await Deno.remove(`${file}.sha256`);
  assert.deepEqual(await broken(), [`missing volume ${file}.003`], "a gap is seen without the list");
});

Deno.test("a bundle that was cut, is none, or is something else is said to be that", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar");
  const bytes = await Deno.readFile(file);
  await Deno.writeFile(file, bytes.subarray(0, bytes.byteLength / 2));
  const cut = await place.bundle("verify", file);
  assert.equal(cut.code, 6);
  assert.match(cut.stdout, /^wrong +volume .*all\.tar.*\nwrong +archive /);
  await Deno.remove(`${file}.sha256`);
  const unlisted = await place.bundle("push", file, "--to", place.target.host);
  assert.equal(unlisted.code, 6, unlisted.stderr);
  await Deno.writeTextFile(place.path("text"), "no archive at all");
  await Deno.writeTextFile(place.path("half.json"), '{"version":1,"images":[]}');
  await Deno.writeTextFile(place.path("later.json"), '{"version":2}');
  for (const [name, code] of [["text", 6], ["half.json", 6], ["later.json", 9], ["none", 5]] as const) {
    assert.equal((await place.bundle("list", place.path(name))).code, code, name);
  }
  await Deno.writeTextFile(`${file}.sha256`, "nonsense\n");
  assert.match((await place.bundle("verify", file)).stderr, /List of checksums ".*" is not valid/);
});

Deno.test("what a bundle needs from its base is listed, and looked for in it", async () => {
  await using place = await BundlePlace.open();
  const base = place.path("base.tar");
  await place.ok("create", "-o", base, place.all[2]!);
  const next = await place.create("next.tar", "--since", base);
  const said = await place.ok("verify", next);
  const needed = said.trim().split("\n").filter((line) => line.startsWith("needed"));
  assert.equal(needed.length, place.tool.blobs.size + place.tool.manifests.size);
  const { id } = await place.json("list", base);
  assert(said.endsWith(`all good; ${needed.length} needed from ${id}\n`), said);
  assert.deepEqual((await place.json("verify", next, "--base", base)).findings, []);
  await place.ok("create", "-o", place.path("other.tar"), place.all[1]!);
  const other = await place.bundle("verify", next, "--base", place.path("other.tar"));
  assert.equal(other.code, 5);
  assert.match(other.stderr, /needs \d pieces that the bases do not have/);
});

Deno.test("volumes of an older bundle do not count where a list says so", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar", "--split", "64KiB");
  await place.ok("create", "-o", file, place.all[2]!, "--split", "64KiB");
  assert.equal((await place.json("verify", file)).findings.length, 0);
  assert.equal((await place.json("list", file)).images.length, 1);
  await place.ok("create", "-o", file, place.all[1]!);
  assert.equal((await place.json("list", file)).images[0].name, place.all[1]);
});

Deno.test("large layers that lie in several volumes are found good, and the one that is not", async () => {
  await using place = await BundlePlace.open();
  const content = new Content();
  const layers = [18, 16].map((mib, seed) => {
    const bytes = new Uint8Array(mib << 20).fill(seed + 1);
    const digest = content.addBlob(bytes);
    return { descriptor: { mediaType: MEDIA_TYPE.ociLayer, digest, size: bytes.byteLength }, diffId: digest };
  });
  addImage(content, { tag: "v1", layers });
  await writeLayout(content, place.path("layout"));
  const file = place.path("all.tar");
  await place.ok("create", "-o", file, `ocidir://${place.path("layout")}:v1`, "--split", "7MiB");
  const good = await place.json("verify", file);
  assert.deepEqual([good.findings, good.volumes, good.content], [[], 5, 4]);
  await damage(`${file}.004`, 6 << 20);
  const found = await place.bundle("verify", file, "--format", "json");
  assert.equal(found.code, 6);
  assert.deepEqual(
    JSON.parse(found.stdout).findings.map(({ kind, name, state }: Record<string, string>) => [state, kind, name]),
    [["wrong", "volume", `${file}.004`], ["wrong", "blob", layers[1]!.descriptor.digest]],
  );
  const pushed = await place.bundle("push", file, "--to", place.target.host);
  assert.match(pushed.stderr, /nothing was pushed: ".*all\.tar\.004" is not what/);
});
