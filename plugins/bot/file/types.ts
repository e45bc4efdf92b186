/**
 * A bot file after it was read: defaults merged, templates expanded, durations in milliseconds.
 *
 * @module
 */
import type { FileProblem, RegistryEntry, TagRules, TagSort } from "../../../src/mod.ts";

/** A bot file. */
export interface BotFile {
  /** Its path, `-` for standard input. */
  readonly path: string;
  /** Settings and credentials of registries. Hold secrets. */
  readonly creds: readonly RegistryEntry[];
  /** What holds for the run as a whole. */
  readonly run: BotRunSettings;
  /** Scripts, in the file's order. */
  readonly scripts: readonly BotScript[];
  /** Rules of retention, in the file's order. */
  readonly retention: readonly RetentionRule[];
  /** What is odd about the file and does not stop the run. */
  readonly warnings: readonly FileProblem[];
}

/** What holds for the run as a whole. */
export interface BotRunSettings {
  /** Actions at a time; above 0 all scripts run at once. */
  readonly parallel: number;
  /** Docker's and podman's credentials do not count. */
  readonly skipDockerConfig: boolean;
  /** User agent of requests. */
  readonly userAgent?: string;
  /** Bytes above which uploads are chunked. */
  readonly blobLimit?: number;
}

/** When a job runs in the server. */
export interface When {
  /** Milliseconds between two runs. */
  readonly interval?: number;
  /** Cron expression. */
  readonly schedule?: string;
}

/** One script. */
export interface BotScript extends When {
  /** Its name, for logs and messages. */
  readonly name: string;
  /** Its text. */
  readonly source: string;
  /** Line of the file that its first line is on, where that is known. */
  readonly line?: number;
  /** File that it is in, where that is not the bot file itself. */
  readonly file?: string;
  /** What it may use. */
  readonly limits: ScriptLimits;
}

/** What a script may use. */
export interface ScriptLimits {
  /** Milliseconds that it may take. */
  readonly timeout?: number;
  /** Bytes of memory. */
  readonly memory?: number;
  /** Without files, programs and the environment. */
  readonly sandbox: boolean;
  /** Environment variables that it may read. */
  readonly env: readonly string[];
  /** Fetch what it is likely to ask for next. */
  readonly readAhead: boolean;
}

/** Which tags of some repositories stay. */
export interface RetentionRule extends When {
  /** Its name, for logs and messages. */
  readonly name: string;
  /** Repositories; `*` stands for a part of a name, `**` for any number of parts. */
  readonly repositories: readonly string[];
  /** Tags that the rule is about; others stay. */
  readonly tags: TagRules;
  /** Tags that stay: those that any of these holds for. */
  readonly keep: KeepRules;
  /** Most deletions for each repository and run; more, and none is deleted. */
  readonly max?: number;
  /** Milliseconds that a run may take. */
  readonly timeout?: number;
}

/** What makes a tag stay. */
export interface KeepRules {
  /** The newest so many. */
  readonly latest?: number;
  /** What the newest are told by. */
  readonly by: TagSort;
  /** Milliseconds: those created since then. */
  readonly since?: number;
  /** The newest so many versions of each minor version. */
  readonly perMinor?: number;
  /** Expressions that the whole tag matches. */
  readonly match: readonly string[];
}
