/**
 * Versions in tags, and their order.
 *
 * @module
 */

/** A version: any count of numbers, then what is behind `-`. */
export interface Version {
  /** As it was written. */
  readonly text: string;
  /** Its numbers; at least one. */
  readonly numbers: readonly bigint[];
  /** What is behind `-`, without what is behind `+`; "" for none. */
  readonly pre: string;
}

const VERSION = /^v?(\d+(?:\.\d+)*)(?:-([^+]*))?(?:\+.*)?$/s;

/**
 * The version that a tag is, or undefined. Unlike SemVer it takes any count of numbers, and a `v` before them.
 *
 * @example
 * ```ts
 * import { parseVersion } from "./version.ts";
 * if (parseVersion("v1.21-alpine")?.pre !== "alpine" || parseVersion("latest") !== undefined) throw new Error();
 * ```
 */
export function parseVersion(text: string): Version | undefined {
  const [, numbers, pre = ""] = VERSION.exec(text) ?? [];
  return numbers === undefined ? undefined : { text, numbers: numbers.split(".").map(BigInt), pre };
}

/** Negative when `a` comes before `b`, positive when behind it. Missing numbers are 0; what is behind `+` does not count. */
export function compareVersions(a: Version, b: Version): number {
  const numbers = compareNumbers(a.numbers, b.numbers);
  if (numbers !== 0 || a.pre === b.pre) return numbers;
  // A version comes behind its pre-releases.
  if (a.pre === "" || b.pre === "") return a.pre === "" ? 1 : -1;
  return comparePre(a.pre, b.pre);
}

/** As {@linkcode compareVersions}, by the numbers alone. */
export function compareNumbers(a: readonly bigint[], b: readonly bigint[]): number {
  for (let at = 0; at < a.length || at < b.length; at++) {
    const difference = (a[at] ?? 0n) - (b[at] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

/** Part by part at the dots; the shorter list comes first where all else is the same. */
function comparePre(a: string, b: string): number {
  const left = a.split(".");
  const right = b.split(".");
  for (let at = 0; at < left.length && at < right.length; at++) {
    const difference = compareNatural(left[at]!, right[at]!);
    if (difference !== 0) return difference;
  }
  return Math.sign(left.length - right.length);
}

/**
 * Order of names as people see it: runs of digits count as numbers, so `rc2` comes before `rc11`; all else goes by code points.
 *
 * @example
 * ```ts
 * import { compareNatural } from "./version.ts";
 * if (compareNatural("build-9", "build-10") >= 0) throw new Error();
 * ```
 */
export function compareNatural(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [one, other] = [left[at]!, right[at]!];
    if (one === other) continue;
    const difference = isNumber(one) && isNumber(other) ? BigInt(one) - BigInt(other) : one < other ? -1n : 1n;
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return Math.sign(left.length - right.length);
}

function isNumber(text: string): boolean {
  return /^\d/.test(text);
}
