/**
 * Pieces of bytes gathered into larger ones.
 *
 * @module
 */

const BLOCK = 1 << 17;

/** The same bytes in pieces worth handling: small ones are gathered, large ones pass. Pieces may be kept by who takes them. */
export async function* blocks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let block = new Uint8Array(BLOCK);
  let size = 0;
  for await (const piece of pieces) {
    if (size > 0 && size + piece.byteLength > BLOCK) {
      yield block.subarray(0, size);
      block = new Uint8Array(BLOCK);
      size = 0;
    }
    if (piece.byteLength > BLOCK / 4 && size === 0) yield piece;
    else {
      block.set(piece, size);
      size += piece.byteLength;
    }
  }
  if (size > 0) yield block.subarray(0, size);
}
