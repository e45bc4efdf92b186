/**
 * Ranges of versions: `>=1.2 <2`, `^1.2.3`, `~1.2`.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { compareNumbers, compareVersions, parseVersion, type Version } from "./version.ts";

/** A range of versions. */
export interface VersionRange {
  /** As it was written. */
  readonly text: string;
  /** True when the version is in it. */
  contains(version: Version): boolean;
}

type Test = (version: Version) => boolean;

/** What is true of a comparison's result, by operator. */
const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
};

/**
 * Reads a range: comparisons (`=`, `>`, `>=`, `<`, `<=`; none means `=`), `^` and `~`, with spaces between those that must all
 * hold. `^1.2.3` is everything from 1.2.3 to below 2, `^0.2.3` to below 0.3, `^0.0.3` to below 0.0.4, `~1.2.3` to below 1.3.
 * Pre-releases of the version that `^` or `~` end at are not in the range: `^1.2.3` has no 2.0.0-rc1.
 *
 * @throws {FerryError} CONFIG_INVALID
 *
 * @example
 * ```ts
 * import { createRange } from "./version_range.ts";
 * import { parseVersion } from "./version.ts";
 * const range = createRange("^3.18");
 * if (!range.contains(parseVersion("3.20.1")!) || range.contains(parseVersion("4.0-rc1")!)) throw new Error();
 * ```
 */
export function createRange(text: string): VersionRange {
  const parts = text.trim().split(/\s+/).filter((part) => part !== "");
  const invalid = (what: string) =>
    new FerryError("CONFIG_INVALID", `Version range "${text}" is not valid: ${what}`, {
      hint: 'use for example ">=1.2 <2", "^1.2.3" or "~1.2"',
    });
  if (parts.length === 0) throw invalid("it is empty");
  const tests = parts.map((part): Test => {
    const [, operator = "", rest = ""] = /^(>=|<=|>|<|=|\^|~)?(.*)$/s.exec(part) ?? [];
    const version = parseVersion(rest);
    if (version === undefined) throw invalid(`"${rest}" is no version`);
    if (operator === "^" || operator === "~") {
      const end = operator === "^" ? endOfCaret(version.numbers) : endOfTilde(version.numbers);
      return (one) => compareVersions(one, version) >= 0 && compareNumbers(one.numbers, end) < 0;
    }
    const holds = COMPARISONS[operator || "="]!;
    return (one) => holds(compareVersions(one, version));
  });
  return { text, contains: (version) => tests.every((test) => test(version)) };
}

function endOfCaret([major = 0n, minor = 0n, patch = 0n]: readonly bigint[]): readonly bigint[] {
  if (major > 0n) return [major + 1n];
  return minor > 0n ? [0n, minor + 1n] : [0n, 0n, patch + 1n];
}

function endOfTilde([major = 0n, minor = 0n]: readonly bigint[]): readonly bigint[] {
  return [major, minor + 1n];
}
