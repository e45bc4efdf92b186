import assert from "node:assert/strict";
import { FerryError } from "../../errors.ts";
import { digestOf } from "../../oci/digest.ts";
import { bytesSource, noise, readAll } from "../../../test/support/sources.ts";
import { layoutReference, makeOld, namesOf, temporaryFolder } from "../../../test/peers/layout_place.ts";
import { createLayoutTransport } from "./mod.ts";
import { blobPath } from "./paths.ts";

const HOUR = 3_600_000;

Deno.test("a blob of a layout on the same file system is linked, and young again", async () => {
  await using folder = await temporaryFolder();
  const [from, to] = [layoutReference(`${folder.path}/from`), layoutReference(`${folder.path}/to`)];
  const transport = createLayoutTransport();
  const bytes = noise(1, 10_000);
  const { descriptor } = await transport.putBlob(from, bytesSource(bytes));
  await makeOld(from.path, 10 * HOUR);
  const { outcome } = await transport.putBlob(to, transport.blobSource(from, descriptor));
  assert.equal(outcome, "linked");
  const [a, b] = await Promise.all([from, to].map(({ path }) => Deno.stat(blobPath(path, descriptor.digest))));
  assert.equal(a!.ino, b!.ino);
  assert(Date.now() - b!.mtime!.getTime() < HOUR);
  assert.deepEqual(namesOf(to.path), ["blobs", "index.json", "oci-layout"]);
  const again = await transport.putBlob(to, transport.blobSource(from, descriptor));
  assert.equal(again.outcome, "exists");
});

Deno.test("a blob whose file is a symbolic link or of another size is copied and checked, not linked", async () => {
  await using folder = await temporaryFolder();
  const transport = createLayoutTransport();
  const bytes = noise(2, 5000);
  const digest = digestOf(bytes);
  const from = layoutReference(`${folder.path}/from`);
  await Deno.mkdir(`${from.path}/blobs/sha256`, { recursive: true });
  await Deno.writeFile(`${folder.path}/elsewhere`, bytes);
  await Deno.symlink(`${folder.path}/elsewhere`, blobPath(from.path, digest));
  const to = layoutReference(`${folder.path}/to`);
  const source = transport.blobSource(from, { mediaType: "a/b", digest, size: 5000 });
  assert.equal((await transport.putBlob(to, source)).outcome, "sent");
  assert((await Deno.lstat(blobPath(to.path, digest))).isFile);
  await Deno.remove(blobPath(from.path, digest));
  await Deno.writeFile(blobPath(from.path, digest), bytes.subarray(1));
  const other = layoutReference(`${folder.path}/other`);
  await assert.rejects(
    transport.putBlob(other, source),
    (error) => error instanceof FerryError && error.code === "SIZE_MISMATCH",
  );
});

Deno.test("a blob that is there with the wrong size is replaced", async () => {
  await using folder = await temporaryFolder();
  const transport = createLayoutTransport();
  const place = layoutReference(folder.path);
  const bytes = noise(3, 5000);
  const digest = digestOf(bytes);
  await Deno.mkdir(`${folder.path}/blobs/sha256`, { recursive: true });
  await Deno.writeFile(blobPath(folder.path, digest), bytes.subarray(0, 4000));
  assert.equal((await transport.putBlob(place, bytesSource(bytes))).outcome, "sent");
  assert.deepEqual(await Deno.readFile(blobPath(folder.path, digest)), bytes);
  await Deno.writeFile(blobPath(folder.path, digest), bytes.subarray(0, 4000));
  const near = layoutReference(`${folder.path}/near`);
  await transport.putBlob(near, bytesSource(bytes));
  assert.equal(
    (await transport.putBlob(place, transport.blobSource(near, { mediaType: "", digest, size: 5000 }))).outcome,
    "linked",
  );
  assert.deepEqual(await Deno.readFile(blobPath(folder.path, digest)), bytes);
});

Deno.test("a blob that is counted on becomes young again", async () => {
  await using folder = await temporaryFolder();
  const transport = createLayoutTransport();
  const place = layoutReference(folder.path);
  const bytes = noise(4, 100);
  await transport.putBlob(place, bytesSource(bytes));
  await makeOld(folder.path, 10 * HOUR);
  assert.equal((await transport.putBlob(place, bytesSource(bytes))).outcome, "exists");
  const { mtime } = await Deno.stat(blobPath(folder.path, digestOf(bytes)));
  assert(Date.now() - mtime!.getTime() < HOUR);
});

Deno.test("what a long copy counts on is kept young while it goes on", async () => {
  await using folder = await temporaryFolder();
  const time = { now: Date.now() };
  const transport = createLayoutTransport({ now: () => time.now, gracePeriod: HOUR });
  const place = layoutReference(folder.path);
  const early = noise(5, 100);
  await transport.putBlob(place, bytesSource(early));
  time.now += 2 * HOUR;
  await transport.putBlob(place, bytesSource(noise(6, 100)));
  const { mtime } = await Deno.stat(blobPath(folder.path, digestOf(early)));
  assert(Math.abs(mtime!.getTime() - time.now) < 2000);
});

Deno.test("a source reads into the reader's memory, from any offset, and its size is the file's", async () => {
  await using folder = await temporaryFolder();
  const transport = createLayoutTransport();
  const place = layoutReference(folder.path);
  const bytes = noise(7, 100_000);
  const { descriptor } = await transport.putBlob(place, bytesSource(bytes));
  const source = transport.blobSource(place, { ...descriptor, size: -1 });
  assert.equal(source.file, blobPath(folder.path, descriptor.digest));
  const stream = await source.open(99_000);
  assert.deepEqual([stream.offset, stream.size], [99_000, 1000]);
  const reader = stream.body.getReader({ mode: "byob" });
  const { value } = await reader.read(new Uint8Array(600));
  assert.deepEqual(value, bytes.subarray(99_000, 99_600));
  await reader.cancel();
  const end = await source.open(200_000);
  assert.deepEqual([end.offset, end.size], [100_000, 0]);
  assert.equal((await readAll(end.body)).byteLength, 0);
});

Deno.test("a missing blob whose descriptor carries it is read from there", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path);
  const text = new TextEncoder().encode("{}");
  const descriptor = { mediaType: "a/b", digest: digestOf(text), size: 2, data: "e30=" };
  const transport = createLayoutTransport();
  const stream = await transport.blobSource(place, descriptor).open(1);
  assert.deepEqual(await readAll(stream.body), text.subarray(1));
  await assert.rejects(
    transport.blobSource(place, { ...descriptor, data: "e30x" }).open(0),
    (error) => error instanceof FerryError && error.code === "BLOB_UNKNOWN",
  );
});

Deno.test("a blob of unknown digest leaves nothing but itself", async () => {
  await using folder = await temporaryFolder();
  const place = layoutReference(folder.path);
  const bytes = noise(8, 3000);
  const { descriptor } = await createLayoutTransport().putBlob(
    place,
    bytesSource(bytes, { digest: "", size: -1, reopenable: false }),
  );
  assert.deepEqual(descriptor, { mediaType: "application/octet-stream", digest: digestOf(bytes), size: 3000 });
  assert.deepEqual(namesOf(`${folder.path}/blobs/sha256`), [digestOf(bytes).slice(7)]);
  assert.deepEqual(namesOf(folder.path), ["blobs", "index.json", "oci-layout"]);
  const cut = bytesSource(noise(9, 3000), { digest: "", size: -1, reopenable: false, cutAt: 1000 });
  await assert.rejects(createLayoutTransport().putBlob(place, cut));
  assert.deepEqual(namesOf(folder.path), ["blobs", "index.json", "oci-layout"]);
});

Deno.test("a file where the layout should be is LAYOUT_INVALID", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/file`, "x");
  const place = layoutReference(`${folder.path}/file`);
  const transport = createLayoutTransport();
  for (
    const work of [
      () => transport.putBlob(place, bytesSource(noise(10, 10))),
      () => transport.ping(place),
      () => transport.headManifest({ ...place, tag: "a" }),
      () => transport.listTags(place),
    ]
  ) {
    await assert.rejects(
      work(),
      (error) => error instanceof FerryError && error.code === "LAYOUT_INVALID" && error.hint !== undefined,
    );
  }
});
