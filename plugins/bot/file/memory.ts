/**
 * Sizes of memory as people write them.
 *
 * @module
 */

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1024,
  kb: 1000,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1000 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1000 ** 3,
  gib: 1024 ** 3,
};

/** Bytes that the machine of a script needs at least, and the most that one can have. */
const [LEAST, MOST] = [17 * 1024 ** 2, 2 * 1024 ** 3];

/** Bytes of `64MiB`, `1g` or `100000000`; undefined where it is no size, or one that no script can have. */
export function parseMemory(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const scale = UNITS[unit.toLowerCase()];
  if (number === undefined || scale === undefined) return undefined;
  const bytes = Math.floor(Number(number) * scale);
  return bytes >= LEAST && bytes <= MOST ? bytes : undefined;
}
