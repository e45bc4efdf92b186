/**
 * Archives and their compression: tar as streams, gzip, zstd.
 *
 * @module
 */
export { bytesToText, textToBytes } from "./byte_text.ts";
export {
  compress,
  type Compression,
  type CompressOptions,
  decompress,
  decompressAny,
  DETECT_BYTES,
  detectCompression,
} from "./compression.ts";
export { type CompressionChoice, parseCompression } from "./parse_compression.ts";
export { cleanEntryPath, safeEntryPath } from "./entry_path.ts";
export {
  isHeaderOnly,
  TAR_FORMAT,
  TAR_TYPE,
  type TarHeader,
  tarHeader,
  tarPadding,
  type TarTime,
} from "./tar_header.ts";
export type { Skipper } from "./byte_reader.ts";
export { readTar, type ReadTarOptions, type TarEntry } from "./tar_read.ts";
export { TAR_END, tarEntry } from "./tar_write.ts";
