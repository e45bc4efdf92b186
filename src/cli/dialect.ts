/**
 * The name that the program was called by decides how it speaks: its own way, or that of the tool it stands in for.
 *
 * @module
 */

/** Differences between ways to speak. */
export interface Dialect {
  /** Name in help, usage lines and hints. */
  readonly program: "ferry" | "regctl";
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

/** The dialect of a program's path or name: `regctl`, also as `/usr/bin/regctl` or `regctl.exe`, has its own; all others ferry's. */
export function dialectOf(argv0: string): Dialect {
  const name = argv0.replace(/^.*[/\\]/s, "").replace(/\.exe$/i, "");
  return name === REGCTL.program ? REGCTL : FERRY;
}
