/**
 * Writes tar archives as streams of pieces.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { encodeHeader } from "./tar_encode.ts";
import { isHeaderOnly, TAR_BLOCK, TAR_TYPE, type TarHeader, tarPadding } from "./tar_header.ts";

/** The two blocks of zeros that end an archive (POSIX.1-2008, pax, "ustar Interchange Format"). */
export const TAR_END: Uint8Array = new Uint8Array(2 * TAR_BLOCK);

/**
 * The bytes of one entry: header, content and padding.
 *
 * @throws {FerryError} ARCHIVE_INVALID where no format holds the header, SIZE_MISMATCH where the content is not as long as it says
 */
export async function* tarEntry(
  header: TarHeader,
  body?: AsyncIterable<Uint8Array> | Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield encodeHeader(header);
  if (isHeaderOnly(header.type) || header.type === TAR_TYPE.paxGlobal) return;
  let size = 0;
  if (body instanceof Uint8Array) {
    size = body.byteLength;
    if (size > 0) yield body;
  } else if (body !== undefined) {
    for await (const piece of body) {
      size += piece.byteLength;
      if (size > header.size) break;
      yield piece;
    }
  }
  if (size !== header.size) {
    throw new FerryError("SIZE_MISMATCH", `Size of "${header.name}" is ${size} bytes, expected ${header.size}`);
  }
  const padding = tarPadding(size);
  if (padding > 0) yield new Uint8Array(padding);
}
