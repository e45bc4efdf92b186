/**
 * Borders of zstd frames (RFC 8878, section 3.1), without decoding them.
 *
 * @module
 */
import type { ByteReader } from "./byte_reader.ts";

/** What a frame's first four bytes say: a frame of data, one to skip, or neither. */
export function zstdMagic(bytes: Uint8Array): "frame" | "skippable" | undefined {
  const magic = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (magic === 0xfd2fb528) return "frame";
  return magic >>> 4 === 0x184d2a5 ? "skippable" : undefined;
}

/** The bytes of one frame of data, whose magic number was read already. */
export async function* zstdFrame(reader: ByteReader, magic: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield magic;
  const descriptor = await exactly(reader, 1);
  yield descriptor;
  const flags = descriptor[0]!;
  const single = (flags >> 5) & 1;
  const dictionary = [0, 1, 2, 4][flags & 3]!;
  const content = [single, 2, 4, 8][flags >> 6]!;
  const header = (single === 1 ? 0 : 1) + dictionary + content;
  if (header > 0) yield await exactly(reader, header);
  for (let last = false; !last;) {
    const block = await exactly(reader, 3);
    yield block;
    const word = block[0]! | block[1]! << 8 | block[2]! << 16;
    last = (word & 1) === 1;
    const type = word >> 1 & 3;
    if (type === 3) throw new Error("a block has a reserved type");
    for (let left = type === 1 ? 1 : word >>> 3; left > 0;) {
      const piece = await reader.some(left);
      if (piece === undefined) throw new Error("it ends within a frame");
      left -= piece.byteLength;
      yield piece;
    }
  }
  if ((flags >> 2 & 1) === 1) yield await exactly(reader, 4);
}

/** A copy of exactly `count` bytes: what is yielded must outlive the next read. */
async function exactly(reader: ByteReader, count: number): Promise<Uint8Array> {
  const bytes = (await reader.upTo(count)).slice();
  if (bytes.byteLength < count) throw new Error("it ends within a frame");
  return bytes;
}
