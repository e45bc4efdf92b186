import assert from "node:assert/strict";
import { basename } from "node:path";
import { FerryError } from "../../errors.ts";
import { digestOf } from "../../oci/digest.ts";
import type { BlobSource } from "../transport.ts";
import { bytesSource, noise } from "../../../test/support/sources.ts";
import {
  layoutReference,
  namesOf,
  rangelessSource,
  temporaryFolder,
  unfinishedIn,
} from "../../../test/peers/layout_place.ts";
import { createLayoutTransport } from "./mod.ts";
import { blobPath, partialPath } from "./paths.ts";

const MIB = 1024 * 1024;

function code(...codes: string[]) {
  return (error: unknown) => error instanceof FerryError && codes.includes(error.code);
}

/** Leaves `bytes` as the partial file of `digest`. */
async function leave(root: string, digest: string, bytes: Uint8Array): Promise<void> {
  await Deno.writeFile(partialPath(root, digest), bytes);
}

for (const threads of [0, 2]) {
  const how = threads === 0 ? "in one thread" : "with hashing threads";

  Deno.test(`large blobs at a time are stored whole, ${how}`, async () => {
    await using folder = await temporaryFolder();
    const transport = createLayoutTransport({ threads });
    const place = layoutReference(folder.path);
    const blobs = [1, 2, 3, 4, 5].map((seed) => noise(seed, 5 * MIB + seed * 1001));
    let told = 0;
    await Promise.all(blobs.map(async (bytes) => {
      const { outcome } = await transport.putBlob(place, bytesSource(bytes, { piece: 300_007 }), {
        onBytes: (count) => told += count,
      });
      assert.equal(outcome, "sent");
    }));
    assert.equal(told, blobs.reduce((sum, bytes) => sum + bytes.byteLength, 0));
    for (const bytes of blobs) assert.deepEqual(await Deno.readFile(blobPath(folder.path, digestOf(bytes))), bytes);
    assert.deepEqual(unfinishedIn(folder.path), []);
  });

  Deno.test(`a partial file of an earlier run is taken up, ${how}`, async () => {
    await using folder = await temporaryFolder();
    const bytes = noise(20, 6 * MIB);
    const digest = digestOf(bytes);
    await leave(folder.path, digest, bytes.subarray(0, 4 * MIB + 123));
    const source = bytesSource(bytes);
    let told = 0;
    await createLayoutTransport({ threads }).putBlob(layoutReference(folder.path), source, {
      onBytes: (count) => told += count,
    });
    assert.deepEqual(source.opened, [4 * MIB + 123]);
    assert.equal(told, 2 * MIB - 123);
    assert.deepEqual(await Deno.readFile(blobPath(folder.path, digest)), bytes);
  });

  Deno.test(`a stream that dies is opened again where it stopped, ${how}`, async () => {
    await using folder = await temporaryFolder();
    const bytes = noise(21, 5 * MIB);
    const source = bytesSource(bytes, { cutAt: 2 * MIB + 5 });
    await createLayoutTransport({ threads }).putBlob(layoutReference(folder.path), source);
    assert.deepEqual(source.opened, [0, 2 * MIB + 5]);
    assert.deepEqual(await Deno.readFile(blobPath(folder.path, digestOf(bytes))), bytes);
  });

  Deno.test(`a wrong partial file costs one start over, ${how}`, async () => {
    await using folder = await temporaryFolder();
    const bytes = noise(22, 5 * MIB);
    const digest = digestOf(bytes);
    await leave(folder.path, digest, noise(23, 3 * MIB));
    const source = bytesSource(bytes);
    await createLayoutTransport({ threads }).putBlob(layoutReference(folder.path), source);
    assert.deepEqual(source.opened, [3 * MIB, 0]);
    assert.deepEqual(await Deno.readFile(blobPath(folder.path, digest)), bytes);
  });

  Deno.test(`wrong content leaves neither a blob nor a partial file, ${how}`, async () => {
    await using folder = await temporaryFolder();
    const digest = digestOf(noise(24, 5 * MIB));
    const put = createLayoutTransport({ threads }).putBlob(
      layoutReference(folder.path),
      bytesSource(noise(25, 5 * MIB), { digest }),
    );
    await assert.rejects(put, code("DIGEST_MISMATCH"));
    assert.deepEqual(unfinishedIn(folder.path), []);
    assert.deepEqual(namesOf(`${folder.path}/blobs/sha256`), []);
  });
}

Deno.test("a partial file that is whole already asks the source for nothing", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(30, 70_000);
  await leave(folder.path, digestOf(bytes), bytes);
  const source = bytesSource(bytes);
  const { outcome } = await createLayoutTransport().putBlob(layoutReference(folder.path), source);
  assert.equal(outcome, "sent");
  assert.deepEqual(source.opened, []);
});

Deno.test("a partial file that is too long is not used", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(31, 1000);
  await leave(folder.path, digestOf(bytes), noise(32, 1001));
  const source = bytesSource(bytes);
  await createLayoutTransport().putBlob(layoutReference(folder.path), source);
  assert.deepEqual(source.opened, [0]);
});

Deno.test("a source without ranges is read from the start", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(33, 300_000);
  await leave(folder.path, digestOf(bytes), bytes.subarray(0, 100_000));
  const source = rangelessSource(bytes);
  await createLayoutTransport().putBlob(layoutReference(folder.path), source);
  assert.deepEqual(source.opened, [100_000]);
  assert.deepEqual(await Deno.readFile(blobPath(folder.path, digestOf(bytes))), bytes);
});

Deno.test("a stream that starts somewhere else is refused", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(34, 300_000);
  const inner = bytesSource(bytes);
  const source: BlobSource = { ...inner, open: async () => ({ ...await inner.open(7), offset: 7 }) };
  const put = createLayoutTransport().putBlob(layoutReference(folder.path), source);
  await assert.rejects(put, code("RESPONSE_INVALID"));
});

Deno.test("a source that dies again and again without progress fails, and what came is kept for the next run", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(35, 400_000);
  const digest = digestOf(bytes);
  const place = layoutReference(folder.path);
  const dying = bytesSource(bytes, { cutAt: 250_000, cuts: Infinity });
  await assert.rejects(createLayoutTransport().putBlob(place, dying), code("CONNECTION_LOST"));
  assert.deepEqual(dying.opened, [0, 250_000, 250_000, 250_000, 250_000]);
  assert.deepEqual(namesOf(`${folder.path}/blobs/sha256`), []);
  const source = bytesSource(bytes);
  await createLayoutTransport().putBlob(place, source);
  assert.deepEqual(source.opened, [250_000]);
  assert.deepEqual(await Deno.readFile(blobPath(folder.path, digest)), bytes);
});

Deno.test("a source that dies often but makes progress gets there", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(36, 1_000_000);
  let opened = 0;
  const source: BlobSource = {
    ...bytesSource(bytes),
    open: (offset) => {
      opened++;
      return bytesSource(bytes, { cutAt: offset + 100_000 }).open(offset);
    },
  };
  await createLayoutTransport().putBlob(layoutReference(folder.path), source);
  assert.equal(opened, 10);
});

Deno.test("a stopped transfer keeps what has come, also from a stream that hangs", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(37, 600_000);
  const place = layoutReference(folder.path);
  const controller = new AbortController();
  const reason = new Error("enough");
  const hanging: BlobSource = {
    ...bytesSource(bytes),
    open: () => {
      let sent = false;
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull: async (out) => {
          if (!sent) {
            sent = true;
            return out.enqueue(bytes.slice(0, 200_000));
          }
          controller.abort(reason);
          await new Promise(() => {});
        },
      }, { highWaterMark: 0 });
      return Promise.resolve({ body, size: bytes.byteLength, offset: 0 });
    },
  };
  const put = createLayoutTransport().putBlob(place, hanging, { signal: controller.signal });
  await assert.rejects(put, (error) => error === reason);
  assert.deepEqual(namesOf(`${folder.path}/blobs/sha256`), []);
  const source = bytesSource(bytes);
  await createLayoutTransport().putBlob(place, source);
  assert.deepEqual(source.opened, [200_000]);
});

Deno.test("a partial file that another has locked is left to it", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(38, 50_000);
  const digest = digestOf(bytes);
  await leave(folder.path, digest, bytes.subarray(0, 10));
  using other = await Deno.open(partialPath(folder.path, digest), { read: true, write: true });
  assert(await other.tryLock(true));
  const source = bytesSource(bytes);
  await createLayoutTransport().putBlob(layoutReference(folder.path), source);
  assert.deepEqual(source.opened, [0]);
  assert.deepEqual(await Deno.readFile(blobPath(folder.path, digest)), bytes);
  assert.deepEqual(unfinishedIn(folder.path), [basename(partialPath(folder.path, digest))]);
  assert.equal((await other.stat()).size, 10);
});

Deno.test("the same blob put several times at once is stored once, and nothing stays behind", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(39, 200_000);
  const transport = createLayoutTransport();
  await Promise.all([1, 2, 3, 4].map(() => transport.putBlob(layoutReference(folder.path), bytesSource(bytes))));
  assert.deepEqual(await Deno.readFile(blobPath(folder.path, digestOf(bytes))), bytes);
  assert.deepEqual(unfinishedIn(folder.path), []);
});

Deno.test("a failure of the source is what comes out", async () => {
  await using folder = await temporaryFolder();
  const source: BlobSource = {
    ...bytesSource(noise(40, 10)),
    open: () => Promise.reject(new FerryError("DENIED", "Reading the blob was denied")),
  };
  await assert.rejects(createLayoutTransport().putBlob(layoutReference(folder.path), source), code("DENIED"));
  assert.deepEqual(unfinishedIn(folder.path), []);
});

/** True when this place lets us mount a small file system. */
function canMount(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const folder = Deno.makeTempDirSync({ prefix: "layout-mount-" });
  try {
    if (!mount(folder)) return false;
    new Deno.Command("umount", { args: [folder] }).outputSync();
    return true;
  } catch {
    return false;
  } finally {
    Deno.removeSync(folder);
  }
}

function mount(folder: string): boolean {
  const args = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder];
  return new Deno.Command("mount", { args, stdout: "null", stderr: "null" }).outputSync().success;
}

const mountable = canMount();
Deno.test({
  name: mountable ? "a full disk" : "a full disk (skipped: small file systems cannot be mounted here)",
  ignore: !mountable,
  fn: async () => {
    await using folder = await temporaryFolder();
    assert(mount(folder.path));
    try {
      const bytes = noise(41, 5 * MIB);
      for (const threads of [0, 2]) {
        const root = `${folder.path}/${threads}`;
        const put = createLayoutTransport({ threads }).putBlob(layoutReference(root), bytesSource(bytes));
        await assert.rejects(put, (error) => {
          assert(error instanceof FerryError, String(error));
          assert.equal(error.code, "IO");
          assert.match(error.message, /disk is full/);
          assert.match(error.hint ?? "", /free some space/);
          return true;
        });
        assert.deepEqual(namesOf(`${root}/blobs/sha256`), []);
        await createLayoutTransport().ping(layoutReference(root));
        await Deno.remove(root, { recursive: true });
      }
    } finally {
      new Deno.Command("umount", { args: [folder.path] }).outputSync();
    }
  },
});
