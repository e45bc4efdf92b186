/**
 * Files read as streams of pieces.
 *
 * @module
 */

const PIECE = 1 << 18;

/** The bytes of a file, from some offset on, in pieces that are nobody else's. Fails as the file system does. */
export async function* fileBytes(path: string, offset = 0): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  using file = await Deno.open(path);
  if (offset > 0) await file.seek(offset, Deno.SeekMode.Start);
  for (;;) {
    const buffer = new Uint8Array(PIECE);
    const read = await file.read(buffer);
    if (read === null) return;
    yield buffer.subarray(0, read);
  }
}
