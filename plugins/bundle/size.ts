import { FerryError } from "../../src/mod.ts";

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
  t: 1024 ** 4,
  tb: 1000 ** 4,
  tib: 1024 ** 4,
};

/** Least size of a volume. */
const LEAST = 64 * 1024;

/**
 * Bytes of a volume: `4GiB`, `700MB`, `4g`.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function volumeSize(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? NaN));
  if (Number.isSafeInteger(bytes) && bytes >= LEAST) return bytes;
  throw new FerryError("FLAG_INVALID", `Flag "--split" does not take "${text}"`, {
    hint: "write a size from 64KiB, for example 4GiB or 700MB",
  });
}
