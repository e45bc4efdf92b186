/**
 * The name that the program was called by decides how it speaks: its own way, or that of the tool it stands in for.
 *
 * @module
 */
import { ERROR_TABLE } from "../errors.ts";
import type { Program } from "../plugin.ts";

/** Differences between ways to speak. */
export interface Dialect {
  /** Name in help, usage lines and hints. */
  readonly program: Program;
  /** The noun whose verbs are all that the program does; its name is not typed. */
  readonly noun?: string;
  /** Least level of log lines unless told. */
  readonly verbosity: string;
  /** Exit code of a failure, from the code of the table. */
  readonly exit: (code: number) => number;
  /** A verbosity that was asked for turns progress off. */
  readonly verbosityHidesProgress: boolean;
}

const FERRY: Dialect = { program: "ferry", verbosity: "warn", exit: (code) => code, verbosityHidesProgress: false };

const REGCTL: Dialect = {
  program: "regctl",
  verbosity: "warn",
  exit: (code) => code === 0 ? 0 : 1,
  verbosityHidesProgress: true,
};

const REGSYNC: Dialect = {
  program: "regsync",
  noun: "sync",
  verbosity: "info",
  // There, a check that found something to do has done its work.
  exit: (code) => code === 0 || code === ERROR_TABLE.DIFFERENCE.exit ? 0 : 1,
  verbosityHidesProgress: true,
};

const REGBOT: Dialect = {
  program: "regbot",
  noun: "bot",
  verbosity: "info",
  exit: (code) => code === 0 ? 0 : 1,
  verbosityHidesProgress: true,
};

const DIALECTS: readonly Dialect[] = [REGCTL, REGSYNC, REGBOT];

/** Commands that every program has under their own names. */
export const EVERYWHERE: ReadonlySet<string> = new Set(["version", "completion"]);

/** The dialect of a program's path or name: `regctl`, also as `/usr/bin/regctl` or `regctl.exe`, has its own; others speak as ferry does. */
export function dialectOf(argv0: string): Dialect {
  const name = argv0.replace(/^.*[/\\]/s, "").replace(/\.exe$/i, "");
  return DIALECTS.find(({ program }) => program === name) ?? FERRY;
}

/** The words of a command line as ferry's own: `once -c FILE` of a program for one noun is `sync once -c FILE`. */
export function wordsOf(words: readonly string[], { noun }: Dialect): readonly string[] {
  if (noun === undefined) return words;
  const first = words.findIndex((word) => !word.startsWith("-"));
  if (first >= 0 && EVERYWHERE.has(words[first]!)) return words;
  const at = words[first] === "help" ? first + 1 : 0;
  return words.toSpliced(at, 0, noun);
}

/** Help on a program for one noun does not name the noun. */
export function helpOf(text: string, { noun, program }: Dialect): string {
  return noun === undefined ? text : text.replaceAll(`${program} ${noun} `, `${program} `);
}
