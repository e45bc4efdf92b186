/** Headers that Go's archive/tar wrote, and archives of GNU tar and Python that it read and wrote again. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { FerryError } from "../errors.ts";
import { bytesToText } from "./byte_text.ts";
import { encodeHeader } from "./tar_encode.ts";
import { tarHeader, type TarTime } from "./tar_header.ts";
import { readTar } from "./tar_read.ts";
import { TAR_END, tarEntry } from "./tar_write.ts";
import vectors from "../../test/vectors/tar.json" with { type: "json" };

interface VectorHeader {
  readonly Name?: string;
  readonly Link?: string;
  readonly Type: string;
  readonly Uname?: string;
  readonly Gname?: string;
  readonly Mode?: number;
  readonly Uid?: number;
  readonly Gid?: number;
  readonly Size?: number;
  readonly M?: readonly number[];
  readonly A?: readonly number[];
  readonly C?: readonly number[];
  readonly Maj?: number;
  readonly Min?: number;
  readonly Pax?: Readonly<Record<string, string>>;
  readonly Format?: number;
}

const text = (latin1 = "") => bytesToText(Uint8Array.from(latin1, (char) => char.charCodeAt(0)));
const time = (pair: readonly number[] | undefined): TarTime | undefined =>
  pair === undefined ? undefined : { seconds: pair[0]!, nanos: pair[1]! };

Deno.test("headers are encoded as Go encodes them", () => {
  assert.ok(vectors.encode.length > 400);
  for (const { header, bytes } of vectors.encode as readonly { header: VectorHeader; bytes: string | null }[]) {
    const encode = () =>
      encodeHeader(tarHeader(text(header.Name), {
        type: header.Type,
        linkname: text(header.Link),
        uname: text(header.Uname),
        gname: text(header.Gname),
        mode: header.Mode ?? 0,
        uid: header.Uid ?? 0,
        gid: header.Gid ?? 0,
        size: header.Size ?? 0,
        mtime: time(header.M) ?? { seconds: 0, nanos: 0 },
        atime: time(header.A),
        ctime: time(header.C),
        devmajor: header.Maj ?? 0,
        devminor: header.Min ?? 0,
        pax: new Map(Object.entries(header.Pax ?? {}).map(([key, value]) => [key, text(value)])),
        // Go's bits are twice ours.
        formats: (header.Format ?? 0) / 2,
      }));
    if (bytes === null) assert.throws(encode, FerryError, JSON.stringify(header));
    else assert.equal(createHash("sha256").update(encode()).digest("hex"), bytes, JSON.stringify(header));
  }
});

for (const { name, archive, digest } of vectors.rewrite) {
  Deno.test(`${name} is read and written again as Go does`, async () => {
    const bytes = gunzipSync(Uint8Array.fromBase64(archive));
    for (const step of [1, 511, 513, bytes.length]) {
      const hash = createHash("sha256");
      for await (const entry of readTar(pieces(bytes, step))) {
        for await (const piece of tarEntry(entry.header, entry.body)) hash.update(piece);
      }
      assert.equal(hash.update(TAR_END).digest("hex"), digest);
      if (bytes.length > 20_000 && step === 1) break;
    }
  });
}

async function* pieces(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}
