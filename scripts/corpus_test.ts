import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Descriptor } from "../src/oci/descriptor.ts";
import { digestOf } from "../src/oci/digest.ts";
import { corpus } from "./corpus.ts";
import { storedGzip } from "./corpus/gzip.ts";
import { Random } from "./corpus/random.ts";
import { tar } from "./corpus/tar.ts";

/** Every blob that `index.json` leads to, by digest; checked against digest and size. */
async function walk(layout: string): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  const visit = async (descriptor: Descriptor) => {
    if (seen.has(descriptor.digest) || descriptor.urls !== undefined) return;
    const [algorithm = "", encoded = ""] = descriptor.digest.split(":");
    const content = await Deno.readFile(join(layout, "blobs", algorithm, encoded));
    assert.equal(digestOf(content, algorithm), descriptor.digest);
    assert.equal(content.length, descriptor.size);
    seen.set(descriptor.digest, content.length);
    if (!/manifest|index/.test(descriptor.mediaType)) return;
    const manifest = JSON.parse(new TextDecoder().decode(content));
    assert.equal(manifest.mediaType, descriptor.mediaType);
    for (const child of [...manifest.manifests ?? [], ...manifest.layers ?? []]) await visit(child);
    for (const child of [manifest.config, manifest.subject]) if (child !== undefined) await visit(child);
  };
  for (const entry of JSON.parse(await Deno.readTextFile(join(layout, "index.json"))).manifests) await visit(entry);
  return seen;
}

Deno.test("layouts are whole, hold nothing else, and are the same every time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["refs", "misc"]) {
      const [first, second] = [await corpus(join(folder, "a"), name), await corpus(join(folder, "b"), name)];
      const blobs = await walk(first);
      assert.ok(blobs.size > 20);
      const files = [...Deno.readDirSync(join(first, "blobs"))]
        .flatMap((algorithm) => [...Deno.readDirSync(join(first, "blobs", algorithm.name))]);
      assert.equal(files.length, blobs.size);
      const index = (layout: string) => Deno.readTextFile(join(layout, "index.json"));
      assert.equal(await index(first), await index(second));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a layout that is there is not written again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = await corpus(folder, "refs");
    await Deno.writeTextFile(join(path, "index.json"), "mine");
    assert.equal(await corpus(folder, "refs"), path);
    assert.equal(await Deno.readTextFile(join(path, "index.json")), "mine");
    await assert.rejects(corpus(folder, "none"), /No layout is named "none"/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("random bytes are the seed's, however they are taken", () => {
  const [one, two] = [new Random("a"), new Random("a")];
  const pieces = Buffer.concat([one.bytes(400), one.bytes(600)]);
  assert.deepEqual(new Uint8Array(pieces), new Uint8Array(two.bytes(1000)));
  assert.notDeepEqual(new Random("b").bytes(100), new Random("a").bytes(100));
  assert.equal(new Random("a").text(1001).length, 1001);
});

Deno.test("stored gzip unpacks to what went in", () => {
  const chunks = [new Random("x").bytes(200_000), new Uint8Array(3), new Random("y").bytes(65_535)];
  const hash = createHash("sha256");
  const packed = Buffer.concat([...storedGzip(chunks, hash)]);
  assert.deepEqual(new Uint8Array(gunzipSync(packed)), new Uint8Array(Buffer.concat(chunks)));
  assert.equal(`sha256:${hash.digest("hex")}`, digestOf(Buffer.concat(chunks)));
});

Deno.test("archives are tar", async () => {
  const path = await Deno.makeTempFile();
  try {
    const content = new TextEncoder().encode("hello");
    await Deno.writeFile(
      path,
      tar([{ name: "d", folder: true }, { name: "d/f", content }, { name: "l", link: "d/f" }]),
    );
    const { stdout } = await new Deno.Command("tar", { args: ["-tvf", path], env: { LC_ALL: "C", TZ: "UTC" } })
      .output();
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    assert.deepEqual(lines.map((line) => line.slice(0, 10)), ["drwxr-xr-x", "-rw-r--r--", "lrw-r--r--"]);
    assert.match(lines[1]!, / 5 2024-01-02 03:04 d\/f$/);
    assert.match(lines[2]!, /l -> d\/f$/);
  } finally {
    await Deno.remove(path);
  }
});
