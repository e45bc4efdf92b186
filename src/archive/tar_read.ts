/**
 * Reads tar archives as streams.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { ByteReader, type Skipper } from "./byte_reader.ts";
import { bytesToText } from "./byte_text.ts";
import { decodeBlock, withPax } from "./tar_decode.ts";
import {
  isHeaderOnly,
  TAR_BLOCK,
  TAR_FORMAT,
  TAR_SPECIAL_MAX,
  TAR_TYPE,
  type TarHeader,
  tarPadding,
} from "./tar_header.ts";
import { parsePax } from "./tar_pax.ts";

/** An entry of an archive, valid until the next one is asked for. */
export interface TarEntry {
  /** What the archive says of it. */
  readonly header: TarHeader;
  /** True when the archive leaves out the holes of its content: `body` is not what the file holds then. */
  readonly sparse: boolean;
  /** Where its content starts in the archive, bytes. */
  readonly offset: number;
  /** Its content, to be read once; what is not read is skipped. A piece is valid until the next one is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Options of {@linkcode readTar}. */
export interface ReadTarOptions {
  /** Refuse an archive without the blocks that end it: it may have been cut between two entries. */
  readonly strictEnd?: boolean;
  /** Leaves out contents that are not read, where the source can do so. What follows the end of the archive is not read then. */
  readonly skipper?: Skipper;
}

/**
 * The entries of an uncompressed archive, pax global headers (type `g`) among them. What follows the end of the archive
 * is read to the end of the stream, so that who counts or hashes the stream sees all of it.
 *
 * @throws {FerryError} ARCHIVE_INVALID, and what `source` throws
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  options: ReadTarOptions = {},
): AsyncGenerator<TarEntry, void, undefined> {
  const reader = new ByteReader(source, options.skipper);
  try {
    for (;;) {
      const header = await nextHeader(reader, options.strictEnd === true);
      if (header === undefined) break;
      const size = contentSize(header);
      const body = new Content(reader, size, header.name);
      yield { header, sparse: isSparse(header), offset: reader.offset, body };
      await body.skip();
    }
    while (options.skipper === undefined && await reader.some(Infinity) !== undefined);
  } finally {
    await reader.close();
  }
}

/** The content of an entry; asks the reader for no more than it has. */
class Content implements AsyncIterable<Uint8Array> {
  readonly #reader: ByteReader;
  readonly #name: string;
  readonly #padding: number;
  #left: number;

  constructor(reader: ByteReader, size: number, name: string) {
    this.#reader = reader;
    this.#left = size;
    this.#padding = tarPadding(size);
    this.#name = name;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.#left > 0) {
      const piece = await this.#reader.some(this.#left);
      if (piece === undefined) throw cut(`within "${this.#name.slice(0, 200)}"`);
      this.#left -= piece.byteLength;
      yield piece;
    }
  }

  async skip(): Promise<void> {
    const left = this.#left + this.#padding;
    // Some writers leave out the padding of the last content.
    if (await this.#reader.skip(left) < this.#left) throw cut(`within "${this.#name.slice(0, 200)}"`);
    this.#left = 0;
  }
}

async function nextHeader(reader: ByteReader, strictEnd: boolean): Promise<TarHeader | undefined> {
  let formats: number = TAR_FORMAT.any;
  let pax: ReadonlyMap<string, string> = new Map();
  let longName: string | undefined;
  let longLink: string | undefined;
  for (let special = false;; special = true) {
    const block = await nextBlock(reader, strictEnd);
    if (block === undefined) {
      if (special) throw cut("behind an extended header");
      return undefined;
    }
    const header = decodeBlock(block);
    formats &= header.formats;
    if (header.type === TAR_TYPE.pax || header.type === TAR_TYPE.paxGlobal) {
      formats &= TAR_FORMAT.pax;
      pax = parsePax(await specialFile(reader, header));
      if (header.type === TAR_TYPE.paxGlobal) return { ...withPax(header, pax), size: 0, formats };
    } else if (header.type === TAR_TYPE.gnuLongName || header.type === TAR_TYPE.gnuLongLink) {
      formats &= TAR_FORMAT.gnu;
      const bytes = await specialFile(reader, header);
      const end = bytes.indexOf(0);
      const text = bytesToText(end < 0 ? bytes : bytes.subarray(0, end));
      if (header.type === TAR_TYPE.gnuLongName) longName = text;
      else longLink = text;
    } else {
      const merged = withPax(header, pax);
      const name = longName === undefined || longName === "" ? merged.name : longName;
      const linkname = longLink === undefined || longLink === "" ? merged.linkname : longLink;
      const type = merged.type === "\0" ? (name.endsWith("/") ? TAR_TYPE.folder : TAR_TYPE.file) : merged.type;
      const both = TAR_FORMAT.ustar | TAR_FORMAT.pax;
      return { ...merged, name, linkname, type, formats: (formats & both) === both ? TAR_FORMAT.ustar : formats };
    }
  }
}

/** The next block that is no end of the archive. */
async function nextBlock(reader: ByteReader, strictEnd: boolean): Promise<Uint8Array | undefined> {
  const block = await reader.upTo(TAR_BLOCK);
  if (block.byteLength === 0) {
    if (strictEnd && reader.offset === 0) throw new FerryError("ARCHIVE_INVALID", "Archive is not valid: it is empty");
    if (strictEnd) throw cut("before its end");
    return undefined;
  }
  if (block.byteLength < TAR_BLOCK) throw cut("within a header");
  if (!block.every((byte) => byte === 0)) return block;
  const second = await reader.upTo(TAR_BLOCK);
  if (second.byteLength === 0 || second.every((byte) => byte === 0)) return undefined;
  throw new FerryError("ARCHIVE_INVALID", "Archive is not valid: an entry follows a block of zeros");
}

async function specialFile(reader: ByteReader, header: TarHeader): Promise<Uint8Array> {
  const size = contentSize(header);
  if (size > TAR_SPECIAL_MAX) {
    throw new FerryError("ARCHIVE_INVALID", `Archive is not valid: names or records of an entry have ${size} bytes`);
  }
  const bytes = (await reader.upTo(size)).slice();
  if (bytes.byteLength < size) throw cut("within an extended header");
  await reader.skip(tarPadding(size));
  return bytes;
}

function contentSize(header: TarHeader): number {
  if (isHeaderOnly(header.type) || header.type === TAR_TYPE.paxGlobal && header.size === 0) return 0;
  if (header.size < 0) {
    throw new FerryError("ARCHIVE_INVALID", "Archive is not valid: the size of an entry is negative");
  }
  return header.size;
}

function isSparse(header: TarHeader): boolean {
  return header.type === TAR_TYPE.gnuSparse || header.pax.has("GNU.sparse.map") || header.pax.has("GNU.sparse.major");
}

function cut(where: string): FerryError {
  return new FerryError("ARCHIVE_INVALID", `Archive is not valid: it ends ${where}`, {
    hint: "the file may be cut; get it again",
  });
}
