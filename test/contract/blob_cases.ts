/** What every transport does with blobs. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import type { Reference } from "../../src/reference/reference.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { Content, pushContent } from "../support/content.ts";
import { addImage, addLayer } from "../support/images.ts";
import { bytesSource, noise, readAll } from "../support/sources.ts";
import { type ContractCase, rejectsWith } from "./contract.ts";

const KIB = 1024;

async function read(transport: Transport, place: Reference, digest: string, size: number, offset = 0) {
  const source = transport.blobSource(place, { mediaType: "application/octet-stream", digest, size });
  const stream = await source.open(offset);
  return { offset: stream.offset, size: stream.size, bytes: await readAll(stream.body) };
}

export const BLOB_CASES: readonly ContractCase[] = [
  {
    name: "a blob that is not there: HEAD says undefined, reading fails",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      await transport.putBlob(place, bytesSource(noise(100, 10)));
      const missing = digestOf(noise(101, 10));
      assert.equal(await transport.headBlob(place, missing), undefined);
      await rejectsWith(read(transport, place, missing, 10), "BLOB_UNKNOWN");
    },
  },
  {
    name: "blobs of many sizes come back whole, and onBytes adds up",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      for (const size of [0, 1, 511, 64 * KIB, 64 * KIB + 1, 300 * KIB + 7]) {
        const bytes = noise(200 + size, size);
        let told = 0;
        const source = bytesSource(bytes, { piece: 10_007 });
        const { descriptor, outcome } = await transport.putBlob(place, source, { onBytes: (count) => told += count });
        assert.equal(descriptor.digest, digestOf(bytes));
        assert.equal(descriptor.size, size);
        assert(outcome === "sent" || (size === 0 && outcome === "exists"), `${size}: ${outcome}`);
        assert.equal(told, size, `onBytes of ${size}`);
        assert.equal((await transport.headBlob(place, descriptor.digest))?.size, size);
        assert.deepEqual((await read(transport, place, descriptor.digest, size)).bytes, bytes);
      }
    },
  },
  {
    name: "a blob is read from any offset",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const bytes = noise(300, 200 * KIB);
      const digest = digestOf(bytes);
      await transport.putBlob(place, bytesSource(bytes));
      for (const offset of [1, 65_536, bytes.byteLength - 1]) {
        const got = await read(transport, place, digest, bytes.byteLength, offset);
        assert(got.offset === offset || got.offset === 0);
        if (got.size !== undefined) assert.equal(got.size, bytes.byteLength - got.offset);
        assert.deepEqual(got.bytes, bytes.subarray(got.offset));
      }
    },
  },
  {
    name: "reading from the end of a blob gives nothing",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const bytes = noise(301, 1000);
      await transport.putBlob(place, bytesSource(bytes));
      const got = await read(transport, place, digestOf(bytes), 1000, 1000);
      assert.deepEqual(got.bytes, bytes.subarray(got.offset));
    },
  },
  {
    name: "putting a blob again leaves it as it is",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const bytes = noise(400, 5000);
      await transport.putBlob(place, bytesSource(bytes));
      await transport.putBlob(place, bytesSource(bytes));
      assert.deepEqual((await read(transport, place, digestOf(bytes), 5000)).bytes, bytes);
    },
  },
  {
    name: "a blob of unknown digest and size is hashed on the way",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      for (const size of [0, 70 * KIB]) {
        const bytes = noise(500 + size, size);
        const source = bytesSource(bytes, { digest: "", size: -1, reopenable: false });
        const { descriptor } = await transport.putBlob(place, source);
        assert.equal(descriptor.digest, digestOf(bytes));
        assert.equal(descriptor.size, size);
        assert.deepEqual((await read(transport, place, descriptor.digest, size)).bytes, bytes);
      }
    },
  },
  {
    name: "a known digest with an unknown size is taken",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const bytes = noise(600, 3000);
      const { descriptor } = await transport.putBlob(place, bytesSource(bytes, { size: -1 }));
      assert.deepEqual([descriptor.digest, descriptor.size], [digestOf(bytes), 3000]);
    },
  },
  {
    name: "content that is not what its digest says is not stored",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const wrong = digestOf(noise(700, 4000));
      await rejectsWith(
        transport.putBlob(place, bytesSource(noise(701, 4000), { digest: wrong })),
        "DIGEST_MISMATCH",
      );
      assert.equal(await transport.headBlob(place, wrong), undefined);
      assert.equal(await transport.headBlob(place, digestOf(noise(701, 4000))), undefined);
    },
  },
  {
    name: "content that is shorter or longer than its size is not stored",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const bytes = noise(800, 4000);
      for (const size of [3999, 4001, 0, 100_000]) {
        const source = bytesSource(bytes, { size });
        await rejectsWith(transport.putBlob(place, source), "SIZE_MISMATCH", "DIGEST_MISMATCH");
        assert.equal(await transport.headBlob(place, digestOf(bytes)), undefined);
      }
    },
  },
  {
    name: "a source that always breaks off leaves nothing behind",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const bytes = noise(900, 100 * KIB);
      const source = bytesSource(bytes, { cutAt: 50 * KIB, reopenable: false });
      await assert.rejects(transport.putBlob(place, source));
      assert.equal(await transport.headBlob(place, digestOf(bytes)), undefined);
    },
  },
  {
    name: "a stopped transfer rejects with the reason and leaves nothing behind",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const bytes = noise(1000, 900 * KIB);
      const controller = new AbortController();
      const reason = new Error("enough");
      const inner = bytesSource(bytes, { piece: 30_000 });
      const source = {
        ...inner,
        open: async (offset: number) => {
          const stream = await inner.open(offset);
          let seen = 0;
          const stop = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
            transform: (piece, out) => {
              seen += piece.byteLength;
              if (seen > 200 * KIB) controller.abort(reason);
              out.enqueue(piece);
            },
          });
          return { ...stream, body: stream.body.pipeThrough(stop) };
        },
      };
      const put = transport.putBlob(place, source, { signal: controller.signal });
      await assert.rejects(put, (error) => error === reason);
      assert.equal(await transport.headBlob(place, digestOf(bytes)), undefined);
    },
  },
  {
    name: "a blob of another repository of the same place is taken over",
    run: async ({ transport, fresh }) => {
      const from = await fresh();
      const to = await fresh();
      const bytes = noise(1100, 20_000);
      const { descriptor } = await transport.putBlob(from, bytesSource(bytes));
      const source = transport.blobSource(from, descriptor);
      const { outcome } = await transport.putBlob(to, source, { mountFrom: from });
      assert(outcome === "mounted" || outcome === "linked" || outcome === "sent", outcome);
      assert.deepEqual((await read(transport, to, descriptor.digest, 20_000)).bytes, bytes);
    },
  },
  {
    name: "many blobs at a time, some of them the same",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const blobs = [0, 1, 2, 3, 0, 1, 2, 3].map((seed) => noise(1200 + seed, 30_000));
      await Promise.all(blobs.map((bytes) => transport.putBlob(place, bytesSource(bytes))));
      for (const bytes of blobs) {
        assert.deepEqual((await read(transport, place, digestOf(bytes), 30_000)).bytes, bytes);
      }
    },
  },
  {
    name: "a digest that is a path is refused before anything is asked",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      for (
        const digest of ["sha256:../../../../etc/passwd", "md5:d41d8cd98f00b204e9800998ecf8427e", "..", "sha256:AB"]
      ) {
        await rejectsWith(transport.headBlob(place, digest), "DIGEST_INVALID");
        await rejectsWith(transport.deleteBlob(place, digest), "DIGEST_INVALID");
        await rejectsWith(read(transport, place, digest, 1), "DIGEST_INVALID");
      }
    },
  },
  {
    name: "deleting a blob",
    needs: "blob-delete",
    run: async ({ transport, fresh }) => {
      const place = await fresh();
      const content = new Content();
      addImage(content, { tag: "keep", layers: [addLayer(content, 1300)] });
      await pushContent(content, transport, place);
      const bytes = noise(1301, 100);
      const { descriptor } = await transport.putBlob(place, bytesSource(bytes));
      await transport.deleteBlob(place, descriptor.digest);
      assert.equal(await transport.headBlob(place, descriptor.digest), undefined);
      await rejectsWith(transport.deleteBlob(place, descriptor.digest), "BLOB_UNKNOWN");
      for (const digest of content.blobs.keys()) assert.notEqual(await transport.headBlob(place, digest), undefined);
    },
  },
];
