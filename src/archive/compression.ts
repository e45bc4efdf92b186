/**
 * Compression of layers and archives: gzip (RFC 1952) and zstd (RFC 8878), as streams.
 *
 * @module
 */
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from "node:zlib";
import { FerryError } from "../errors.ts";
import { ByteReader } from "./byte_reader.ts";
import { through } from "./through.ts";
import { zstdFrame, zstdMagic } from "./zstd_frame.ts";

/** How bytes are compressed. */
export type Compression = "none" | "gzip" | "zstd";

/** Compressions that are told by their first bytes; those past zstd can only be named. */
const MAGIC: readonly (readonly [string, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];

/** Bytes that {@linkcode detectCompression} needs to see. */
export const DETECT_BYTES = 8;

const CHUNK = 1 << 18;

/**
 * How content that starts with these bytes is compressed.
 *
 * @throws {FerryError} UNSUPPORTED for bzip2 and xz
 */
export function detectCompression(start: Uint8Array): Compression {
  const found = MAGIC.find(([, bytes]) => bytes.every((byte, at) => start[at] === byte))?.[0];
  if (found === "gzip" || found === "zstd") return found;
  if (found !== undefined) {
    throw new FerryError("UNSUPPORTED", `Compression ${found} is not supported`, {
      hint: `uncompress it first, for example with "${found} -d"`,
    });
  }
  return start.length >= 4 && zstdMagic(start) === "skippable" ? "zstd" : "none";
}

/** Options of {@linkcode compress}. */
export interface CompressOptions {
  /** Level in the terms of the compression; its default where it is not given. */
  readonly level?: number | undefined;
}

/** Compressed bytes; the pieces given in must not be reused by their source. gzip carries no time and no name. */
export function compress(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  options: CompressOptions = {},
): AsyncIterable<Uint8Array> {
  if (compression === "gzip") {
    return through(
      source,
      createGzip({ chunkSize: CHUNK, ...(options.level === undefined ? {} : { level: options.level }) }),
    );
  }
  if (compression === "zstd") {
    // ZSTD_c_compressionLevel is parameter 100, ZSTD_c_checksumFlag 201.
    const params: Record<number, number> = { 201: 1, ...(options.level === undefined ? {} : { 100: options.level }) };
    return through(source, createZstdCompress({ chunkSize: CHUNK, params }));
  }
  return source;
}

/**
 * Uncompressed bytes. zstd may have many frames, gzip many members.
 *
 * @throws {FerryError} ARCHIVE_INVALID when they are iterated and are not what `compression` says
 */
export function decompress(source: AsyncIterable<Uint8Array>, compression: Compression): AsyncIterable<Uint8Array> {
  if (compression === "gzip") return named("gzip", through(source, createGunzip({ chunkSize: CHUNK })));
  if (compression === "zstd") return named("zstd", frames(source));
  return source;
}

/** Uncompressed bytes of content whose first bytes tell how it is compressed. */
export async function* decompressAny(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new ByteReader(source);
  const start = (await reader.upTo(DETECT_BYTES)).slice();
  yield* decompress(rest(start, reader), detectCompression(start));
}

async function* rest(start: Uint8Array, reader: ByteReader): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (start.byteLength > 0) yield start;
    for (let piece = await reader.some(Infinity); piece !== undefined; piece = await reader.some(Infinity)) yield piece;
  } finally {
    await reader.close();
  }
}

/** node:zlib's decoder ends with the first frame, so that each frame gets one of its own. */
async function* frames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new ByteReader(source);
  try {
    while (!(await reader.ended())) {
      const magic = (await reader.upTo(4)).slice();
      const kind = magic.byteLength < 4 ? undefined : zstdMagic(magic);
      if (kind === undefined) throw new Error("a frame has a wrong start");
      if (kind === "frame") yield* through(zstdFrame(reader, magic), createZstdDecompress({ chunkSize: CHUNK }));
      else await skipFrame(reader);
    }
  } finally {
    await reader.close();
  }
}

async function skipFrame(reader: ByteReader): Promise<void> {
  const size = (await reader.upTo(4)).slice();
  if (size.byteLength < 4) throw new Error("it ends within a frame");
  const bytes = new DataView(size.buffer).getUint32(0, true);
  if (await reader.skip(bytes) < bytes) throw new Error("it ends within a frame");
}

async function* named(
  compression: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* bytes;
  } catch (cause) {
    if (cause instanceof FerryError || !(cause instanceof Error) || !isCodecError(cause)) throw cause;
    throw new FerryError("ARCHIVE_INVALID", `Content is not valid ${compression}: ${cause.message}`, { cause });
  }
}

/** An error of the decoder, or of the splitting into frames; what the source throws passes as it is. */
function isCodecError(error: Error): boolean {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === "string" ? /^(Z_|ZSTD_|ERR_)/.test(code) : error.constructor === Error;
}
