/** Layers that are not what they should be: clear errors, and nothing left behind. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { TAR_TYPE, tarHeader } from "../../src/archive/tar_header.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { parseReference } from "../../src/reference/parse.ts";
import { rewriteImage } from "../../src/rewrite/rewrite.ts";
import { parseMoment } from "../../src/rewrite/steps/moment.ts";
import { setLayerTime } from "../../src/rewrite/steps/time.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { Content, writeLayout } from "../support/content.ts";
import { addImage } from "../support/images.ts";
import { archiveOf, file } from "../support/tar_layers.ts";
import { run } from "../cli/harness.ts";
import { inLab, ok } from "./lab.ts";

interface Refused {
  readonly name: string;
  /** Bytes of the layer's blob. */
  readonly bytes: () => Promise<Uint8Array<ArrayBuffer>>;
  readonly error: RegExp;
  /** Exit code, 6 unless given. */
  readonly code?: number;
  /** Changes the layout once it is written. */
  readonly harm?: (path: string) => Promise<void>;
}

const noise = new Uint8Array(20_000).map((_, at) => at * 7919 % 251);
const tar = () => archiveOf([file("a", "x".repeat(5000)), file("b", "y".repeat(5000))]);
const zipped = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

const CASES: readonly Refused[] = [
  { name: "a gzip stream that is cut", bytes: async () => zipped(await tar()).slice(0, -20), error: /not valid gzip/ },
  {
    name: "an archive that is cut",
    bytes: async () => zipped((await tar()).slice(0, 9000)),
    error: /it ends within "b"/,
  },
  { name: "no archive at all", bytes: () => Promise.resolve(zipped(noise)), error: /Archive is not valid/ },
  {
    name: "an entry that claims more than there is",
    bytes: async () => {
      const bytes = await tar();
      bytes.set(new TextEncoder().encode("00000077777\0"), 124);
      const sum = bytes.subarray(0, 512).reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
      bytes.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
      return zipped(bytes);
    },
    error: /it ends within "a"/,
  },
  {
    name: "a file that is stored sparse",
    bytes: async () => zipped(await archiveOf([[tarHeader("s", { type: TAR_TYPE.gnuSparse })], file("z", "z")])),
    error: /Layer cannot be written again: file "s" is stored sparse/,
    code: 9,
  },
  {
    name: "a blob that is not what its digest says",
    bytes: async () => zipped(await tar()),
    harm: async (path) => {
      const bytes = await Deno.readFile(path);
      bytes[bytes.length - 1]! ^= 1;
      await Deno.writeFile(path, bytes);
    },
    error: /not valid gzip|Digest of blob/,
  },
];

for (const { name, bytes, error, harm, code = 6 } of CASES) {
  Deno.test(`refused: ${name}`, async () => {
    const dir = await Deno.makeTempDir();
    try {
      const content = new Content();
      const layer = await bytes();
      const digest = content.addBlob(layer);
      const descriptor = { mediaType: MEDIA_TYPE.ociLayerGzip, digest, size: layer.byteLength };
      addImage(content, { tag: "v1", layers: [{ descriptor, diffId: digestOf(layer) }] });
      await writeLayout(content, `${dir}/layout`);
      await Deno.mkdir(`${dir}/tmp`);
      await harm?.(`${dir}/layout/blobs/sha256/${digest.slice(7)}`);
      const before = await ok(["image", "digest", `ocidir://${dir}/layout:v1`]);
      const result = await run(
        ["image", "mod", `ocidir://${dir}/layout:v1`, "--replace", "--time", "set=2020-01-01T00:00:00Z"],
        { env: { TMPDIR: `${dir}/tmp` } },
      );
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, error);
      assert.equal(await ok(["image", "digest", `ocidir://${dir}/layout:v1`]), before);
      assert.deepEqual(await Array.fromAsync(Deno.readDir(`${dir}/tmp`)), []);
      const left = (await Array.fromAsync(Deno.readDir(`${dir}/layout/blobs/sha256`))).length;
      assert.equal(left, 3);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
}

Deno.test("a change that is stopped leaves the tag, and no temporary files", () =>
  inLab(async ({ place, dir }) => {
    await Deno.mkdir(`${dir}/tmp`);
    const digest = async () => await ok(["image", "digest", `${place}:one`]);
    const before = await digest();
    const transport = createLayoutTransport();
    const stop = new AbortController();
    const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
    await assert.rejects(
      rewriteImage({
        source: parseReference(`${place}:one`),
        target: parseReference(`${place}:one`),
        steps: [setLayerTime({ set: parseMoment("2020-01-01T00:00:00Z")! })],
        transport: () => Promise.resolve(transport),
        log,
        temporaryFolder: `${dir}/tmp`,
        onEvent: ({ type }) => {
          if (type === "bytes") stop.abort(new Error("stopped"));
        },
        signal: stop.signal,
      }),
      /stopped/,
    );
    assert.equal(await digest(), before);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${dir}/tmp`)), []);
  }));
