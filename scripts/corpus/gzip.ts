/**
 * gzip without a time, so that the same content gives the same bytes.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Hash } from "node:crypto";
import { crc32, gzipSync } from "node:zlib";

/** Compresses. */
export const gzip = (content: Uint8Array): Uint8Array => gzipSync(content, { level: 6 });

/** A gzip stream of stored blocks (RFC 1951, 3.2.4), which cost nothing to make; what goes in is hashed. */
export function* storedGzip(chunks: Iterable<Uint8Array>, hash: Hash): Generator<Uint8Array> {
  const most = 0xffff;
  const block = (size: number, final: boolean) => {
    const header = new DataView(new ArrayBuffer(5));
    header.setUint8(0, final ? 1 : 0);
    header.setUint16(1, size, true);
    header.setUint16(3, ~size, true);
    return new Uint8Array(header.buffer);
  };
  yield new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  let checksum = 0;
  let total = 0;
  for (const chunk of chunks) {
    hash.update(chunk);
    checksum = crc32(chunk, checksum);
    total += chunk.length;
    const parts: Uint8Array[] = [];
    for (let at = 0; at < chunk.length; at += most) {
      const piece = chunk.subarray(at, at + most);
      parts.push(block(piece.length, false), piece);
    }
    yield Buffer.concat(parts);
  }
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, checksum, true);
  trailer.setUint32(4, total, true);
  yield block(0, true);
  yield new Uint8Array(trailer.buffer);
}
