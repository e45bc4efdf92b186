/**
 * How a command line says what something is compressed with.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Compression, CompressOptions } from "./compression.ts";

/** A compression, with a level where one is wanted. */
export interface CompressionChoice extends CompressOptions {
  /** How bytes are compressed. */
  readonly compression: Compression;
}

/** Highest levels. Those of zstd beyond it take much memory here and wherever it is read. */
const LEVELS: ReadonlyMap<string, number> = new Map([["gzip", 9], ["zstd", 19]]);

/**
 * Reads `gzip`, `zstd`, `none`, or the first two with a level: `gzip:9`, `zstd:19`.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function parseCompression(text: string, flag: string): CompressionChoice {
  const [, name = "", level] = /^([a-z]+)(?::([1-9]\d?))?$/.exec(text) ?? [];
  if (name === "none" && level === undefined) return { compression: "none" };
  const most = LEVELS.get(name) ?? 0;
  if ((name === "gzip" || name === "zstd") && Number(level ?? 1) <= most) {
    return { compression: name, level: level === undefined ? undefined : Number(level) };
  }
  throw new FerryError("FLAG_INVALID", `Flag "--${flag}" does not take "${text.slice(0, 100)}"`, {
    hint: most > 0
      ? `levels of ${name} are 1 to ${most}, for example ${name}:${most}`
      : "use gzip, zstd or none; a level follows a colon: gzip:9, zstd:19",
  });
}
