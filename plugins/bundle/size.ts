import { FerryError, parseByteSize } from "../../src/mod.ts";

/** Least size of a volume. */
const LEAST = 64 * 1024;

/**
 * Bytes of a volume: `4GiB`, `700MB`, `4g`.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function volumeSize(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes !== undefined && bytes >= LEAST) return bytes;
  throw new FerryError("FLAG_INVALID", `Flag "--split" does not take "${text}"`, {
    hint: "write a size from 64KiB, for example 4GiB or 700MB",
  });
}
