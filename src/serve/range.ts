/**
 * Ranges of requests (RFC 9110, section 14) and of chunks (distribution-spec, "Pushing a blob in chunks").
 *
 * @module
 */

/** Bytes from `start` to before `end`. */
export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** Byte behind the last. */
  readonly end: number;
}

const ONE = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/;
const CHUNK = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/;

/**
 * The range that a `Range` header asks for. Undefined where all bytes are to be sent: no header, one that cannot be read, or several
 * ranges, which a server may answer with everything. `unsatisfiable` where no byte is in it.
 */
export function requestedRange(header: string | null, size: number): ByteRange | "unsatisfiable" | undefined {
  const match = header === null ? null : ONE.exec(header);
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "") {
    if (last === "") return undefined;
    const count = Math.min(Number(last), size);
    return count === 0 ? "unsatisfiable" : { start: size - count, end: size };
  }
  const start = Number(first);
  // A range that ends before it starts may be ignored or refused; registries refuse it.
  if (start >= size || (last !== "" && Number(last) < start)) return "unsatisfiable";
  return { start, end: last === "" ? size : Math.min(Number(last) + 1, size) };
}

/** The range of a chunk; undefined where it cannot be read. */
export function chunkRange(header: string): ByteRange | undefined {
  const match = CHUNK.exec(header.trim());
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = Number(match[2]) + 1;
  return end <= start ? undefined : { start, end };
}

/** The `Range` header that says how many bytes of an upload are there. */
export function uploadRange(size: number): string {
  return `0-${Math.max(size - 1, 0)}`;
}
