/** Connections that are cut, disks that are full, people who lose patience, and bundles that lie. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { tarHeader } from "../../src/archive/tar_header.ts";
import { TAR_END, tarEntry } from "../../src/archive/tar_write.ts";
import { cutAfter, Gate } from "../support/faults.ts";
import { isInstalled, runOk } from "../support/programs.ts";
import { BundlePlace, sha256Of } from "./place.ts";

Deno.test("a download that is cut goes on, and the bytes are the same", async () => {
  await using place = await BundlePlace.open();
  const good = await place.create("good.tar");
  place.source.faults.add({ method: "GET", path: /\/blobs\/sha256/, times: 3, action: cutAfter(30_000) });
  const other = await place.create("other.tar");
  assert.equal(sha256Of(other), sha256Of(good));
});

Deno.test("Ctrl-C leaves nothing behind", async () => {
  await using place = await BundlePlace.open();
  for (const split of [[], ["--split", "64KiB"]]) {
    const gate = new Gate();
    place.source.faults.clear();
    const [, last] = place.tool.manifest("v1").layers;
    place.source.faults.add({ method: "GET", path: new RegExp(last!.digest), action: gate.hold() });
    let stop = () => {};
    const running = place.run(["create", "-o", place.path("all.tar"), ...place.all, ...split], {
      onStart: (send) => stop = () => send("SIGINT"),
    });
    await gate.wait(1);
    assert(place.names().length > 0, "it was written aside");
    assert(place.names().every((name) => name.endsWith(".ferry-partial")));
    stop();
    const { code } = await running;
    gate.open();
    assert.equal(code, 130);
    assert.deepEqual(place.names(), []);
  }
});

Deno.test("a push that is stopped stores no tag of what is not whole", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar");
  const { host } = place.source;
  const gate = new Gate();
  const shared = place.tool.manifest("v1").layers[0]!;
  place.source.faults.add({
    when: ({ method, query }) => method !== "GET" && query.get("digest") === shared.digest,
    times: 100,
    action: gate.hold(),
  });
  let stop = () => {};
  const running = place.run(["push", file, "--to", `${host}/copy`], { onStart: (send) => stop = () => send("SIGINT") });
  await gate.wait(1);
  stop();
  const { code } = await running;
  gate.open();
  assert.equal(code, 130);
  for (const name of ["copy/org/app", "copy/other/tool"]) {
    assert.equal(place.source.repositories.get(name)?.tags.size ?? 0, 0, name);
  }
  place.source.faults.clear();
  await place.ok("push", file, "--to", `${host}/copy`);
  assert.equal(place.source.repository("copy/org/app").resolve("v1"), place.app.resolve("v1"));
});

Deno.test({
  name: "a full disk is said, and nothing is left behind" + (canMount() ? "" : " (skipped: tmpfs cannot be mounted)"),
  ignore: !canMount(),
  fn: async () => {
    await using place = await BundlePlace.open();
    const small = place.path("small");
    await Deno.mkdir(small);
    await runOk("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", small]);
    try {
      for (const split of [[], ["--split", "64KiB"]]) {
        const { code, stderr } = await place.bundle("create", "-o", `${small}/all.tar`, ...place.all, ...split);
        assert.equal(code, 1);
        assert.match(stderr, /the disk is full\nhint: free some space/);
        assert.deepEqual([...Deno.readDirSync(small)], []);
      }
    } finally {
      await runOk("umount", [small]);
    }
  },
});

Deno.test("what a bundle says of itself is checked", async () => {
  await using place = await BundlePlace.open();
  const digest = digestOf(new Uint8Array());
  const image = { name: "a.example.org/a:1", source: "x", digest, mediaType: "x", size: 1 };
  const good = { version: 1, createdBy: "x", images: [image], content: [{ kind: "blob", digest, size: 1 }] };
  const bad: unknown[] = [
    { ...good, images: [{ ...image, name: "../../etc" }] },
    { ...good, images: [{ ...image, name: "a.example.org/a:1\u001b[31m" }] },
    { ...good, images: [{ ...image, source: "\u001b]0;x" }] },
    { ...good, images: [{ ...image, digest: "sha256:../../x" }] },
    { ...good, images: [{ ...image, platforms: "linux" }] },
    { ...good, images: [{ ...image, referrers: [{ digest }] }] },
    { ...good, images: [{ ...image, digestTags: [{ tag: "a/b", digest }] }] },
    { ...good, images: [{ ...image, external: ["x"] }] },
    { ...good, content: [{ kind: "blob", digest, size: -1 }] },
    { ...good, content: [{ kind: "folder", digest, size: 1 }] },
    { ...good, needs: {} },
    { ...good, base: {} },
    { ...good, createdBy: 1 },
    [],
    "text",
  ];
  for (const value of bad) {
    await Deno.writeFile(place.path("bad.tar"), await archiveOf("bundle.json", JSON.stringify(value)));
    const { code, stderr } = await place.bundle("push", place.path("bad.tar"), "--to", place.target.host);
    assert.equal(code, 6, JSON.stringify(value));
    assert.match(stderr, /^error: Bundle is not valid: /);
  }
  await Deno.writeFile(place.path("bad.tar"), await archiveOf("bundle.json", JSON.stringify(good)));
  const lacking = await place.bundle("push", place.path("bad.tar"), "--to", place.target.host);
  assert.match(lacking.stderr, new RegExp(`nothing was pushed: it lacks 1 of its 1 pieces, ${digest}`));
  await Deno.writeFile(place.path("bad.tar"), await archiveOf("index.json", "{}"));
  assert.match((await place.bundle("list", place.path("bad.tar"))).stderr, /is no bundle: it has no bundle.json/);
});

Deno.test("content that is not what its digest says reaches no registry", async () => {
  await using place = await BundlePlace.open();
  const file = await place.create("all.tar");
  const bytes = await Deno.readFile(file);
  const layer = place.tool.manifest("v1").layers[0]!;
  const at = indexOf(bytes, new TextEncoder().encode(`blobs/sha256/${layer.digest.slice(7)}`), 8192) + 512 + 1000;
  bytes[at]! ^= 1;
  await Deno.writeFile(file, bytes);
  assert.equal((await place.bundle("push", file, "--to", place.target.host)).code, 6);
  await Deno.remove(`${file}.sha256`);
  const { code, stderr } = await place.bundle("push", file, "--to", place.target.host);
  assert.notEqual(code, 0, stderr);
  for (const repository of ["org/app", "other/tool"]) {
    assert.equal(await place.status(`${repository}/blobs/${layer.digest}`), 404);
    assert.equal(await place.digestAt(repository, "v1"), "");
  }
});

/** Where bytes are last in others; the names of layers are in the lists at the start as well. */
function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const text = new TextDecoder("latin1").decode(bytes);
  const at = text.lastIndexOf(new TextDecoder("latin1").decode(wanted));
  assert(at > from);
  return at;
}

async function archiveOf(name: string, text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const pieces = await Array.fromAsync(tarEntry(tarHeader(name, { size: bytes.byteLength }), bytes));
  return new Uint8Array(await new Blob([...pieces, TAR_END] as BlobPart[]).arrayBuffer());
}

function canMount(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0 || !isInstalled("mount")) return false;
  const dir = Deno.makeTempDirSync();
  const sync = (program: string, ...args: string[]) =>
    new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  try {
    return sync("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", dir) && sync("umount", dir);
  } finally {
    Deno.removeSync(dir);
  }
}
