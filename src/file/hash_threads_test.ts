import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { HashFailure, HashThreads } from "./hash_threads.ts";
import { inFolder } from "../../test/support/folder.ts";

const bytesOf = (size: number, seed: number) => Uint8Array.from({ length: size }, (_, at) => (at * 31 + seed) & 255);
const hex = (bytes: Uint8Array, algorithm = "sha256") => createHash(algorithm).update(bytes).digest("hex");

Deno.test("stretches of several files are hashed as one, more at a time than there are threads", () =>
  inFolder(async (folder) => {
    const [one, other] = [bytesOf(700_001, 1), bytesOf(300_000, 2)];
    await Deno.writeFile(`${folder}/a`, one);
    await Deno.writeFile(`${folder}/b`, other);
    using threads = new HashThreads({ threads: 2 });
    const told: number[] = [];
    const answers = await Promise.all(
      ["sha256", "sha512", "sha256", "sha512", "sha256"].map((algorithm, at) =>
        threads.hash({
          algorithm,
          from: [{ path: `${folder}/a`, offset: at, size: 700_001 - at }, { path: `${folder}/b`, offset: 0, size: at }],
        }, (bytes) => told.push(bytes))
      ),
    );
    const expected = answers.map((_, at) => {
      const bytes = new Uint8Array([...one.subarray(at), ...other.subarray(0, at)]);
      return hex(bytes, at % 2 === 0 ? "sha256" : "sha512");
    });
    assert.deepEqual(answers, expected);
    assert.equal(told.reduce((sum, bytes) => sum + bytes), 5 * 700_001);
  }));

Deno.test("what was hashed is written where it belongs, and nothing beside it", () =>
  inFolder(async (folder) => {
    const bytes = bytesOf(900_000, 5);
    await Deno.writeFile(`${folder}/from`, bytes);
    await Deno.writeFile(`${folder}/to`, new Uint8Array(1_000_000).fill(7));
    using threads = new HashThreads();
    const parts = [[0, 400_000], [400_000, 500_000]] as const;
    const answers = await Promise.all(parts.map(([offset, size]) =>
      threads.hash({
        algorithm: "sha256",
        from: [{ path: `${folder}/from`, offset, size }],
        to: { path: `${folder}/to`, offset: offset + 10 },
      })
    ));
    assert.deepEqual(answers, parts.map(([offset, size]) => hex(bytes.subarray(offset, offset + size))));
    const written = await Deno.readFile(`${folder}/to`);
    assert.equal(hex(written.subarray(10, 900_010)), hex(bytes));
    assert(
      written.subarray(0, 10).every((byte) => byte === 7) && written.subarray(900_010).every((byte) => byte === 7),
    );
    assert.equal(written.length, 1_000_000);
  }));

Deno.test("a failure says which side it is on, and the next file is hashed all the same", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a`, bytesOf(1000, 1));
    using threads = new HashThreads({ threads: 1 });
    const hash = (path: string, size: number, to?: string) =>
      threads.hash({
        algorithm: "sha256",
        from: [{ path: `${folder}/${path}`, offset: 0, size }],
        ...(to === undefined ? {} : { to: { path: `${folder}/${to}`, offset: 0 } }),
      });
    const failsOn = (side: string, code: string) => (error: unknown) =>
      error instanceof HashFailure && error.side === side && error.code === code;
    await assert.rejects(hash("none", 10), failsOn("read", "ENOENT"));
    await assert.rejects(hash("a", 1001), failsOn("read", ""));
    await assert.rejects(hash("a", 1000, "none"), failsOn("write", "ENOENT"));
    assert.equal(await hash("a", 1000), hex(bytesOf(1000, 1)));
  }));

Deno.test({
  name: "a full disk is a failure to write",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (folder) => {
      await Deno.writeFile(`${folder}/a`, bytesOf(1000, 1));
      using threads = new HashThreads({ threads: 1 });
      await assert.rejects(
        threads.hash({
          algorithm: "sha256",
          from: [{ path: `${folder}/a`, offset: 0, size: 1000 }],
          to: { path: "/dev/full", offset: 0 },
        }),
        (error) => error instanceof HashFailure && error.side === "write" && error.code === "ENOSPC",
      );
    }),
});

Deno.test({
  name: "a signal stops what is under way and what waits, with its reason",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const abort = new AbortController();
    using threads = new HashThreads({ threads: 1, signal: abort.signal });
    const endless = () =>
      threads.hash(
        { algorithm: "sha256", from: [{ path: "/dev/zero", offset: 0, size: Number.MAX_SAFE_INTEGER }] },
        () => abort.abort(new Error("stopped")),
      );
    const outcomes = await Promise.allSettled([endless(), endless(), endless()]);
    assert.deepEqual(outcomes.map((one) => one.status === "rejected" && (one.reason as Error).message), [
      "stopped",
      "stopped",
      "stopped",
    ]);
    await assert.rejects(endless(), /stopped/);
  },
});

Deno.test("threads are made only for what is worth them", () => {
  assert.equal(HashThreads.worthFor([1000, 20 << 20, 10 << 20]), undefined);
  assert.equal(HashThreads.worthFor(Array.from({ length: 100_000 }, () => 1000)), undefined);
  using threads = HashThreads.worthFor([1000, 20 << 20, 20 << 20]);
  assert(threads !== undefined);
});
