/**
 * Memory that a script may have, as people write it.
 *
 * @module
 */
import { parseByteSize } from "../../../src/mod.ts";

/** Bytes that the machine of a script needs at least, and the most that one can have. */
const [LEAST, MOST] = [17 * 1024 ** 2, 2 * 1024 ** 3];

/** Bytes of `64MiB`, `1g` or `100000000`; undefined where it is no size, or one that no script can have. */
export function parseMemory(text: string): number | undefined {
  const bytes = parseByteSize(text);
  return bytes !== undefined && bytes >= LEAST && bytes <= MOST ? bytes : undefined;
}
