/**
 * What became of a run, as JSON and as text.
 *
 * @module
 */
import { alignTabs, FerryError, humanSize } from "../../src/mod.ts";
import { type Outcome, type Row, type Rows, WRONG } from "./engine/row.ts";

/** A report: what `--report` writes and `--format json` prints. Fields are only ever added. */
export interface Report {
  /** Version of the form. */
  readonly version: 1;
  /** The sync file. */
  readonly file: string;
  /** `copy`, `missing` or `check`. */
  readonly mode: string;
  /** When the run began, RFC 3339. */
  readonly started: string;
  /** When it ended. */
  readonly ended: string;
  /** How many images there are of each outcome. */
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
  /** Bytes of blobs that were sent. */
  readonly bytes: number;
  /** Images that are not just the same as before. */
  readonly images: readonly ReportRow[];
}

/** One image at one target. */
export type ReportRow = Omit<Row, "error"> & {
  /** Why it failed. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
};

/** What a report says besides its rows. */
export interface ReportHead {
  /** The sync file. */
  readonly file: string;
  /** `copy`, `missing` or `check`. */
  readonly mode: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Milliseconds since 1970. */
  readonly ended: number;
}

/** Makes a report. */
export function reportOf({ file, mode, started, ended }: ReportHead, rows: Rows): Report {
  return {
    version: 1,
    file,
    mode,
    started: new Date(started).toISOString(),
    ended: new Date(ended).toISOString(),
    counts: Object.fromEntries(rows.counts),
    bytes: rows.bytes,
    images: rows.rows.map(({ error, ...row }) => ({
      ...row,
      ...(error === undefined ? {} : {
        error: {
          code: error.code,
          message: error.message,
          ...(error.hint === undefined ? {} : { hint: error.hint }),
        },
      }),
    })),
  };
}

/** What failed in the run of a report. */
export interface Failed {
  /** Names of steps with failures. */
  readonly steps: ReadonlySet<string>;
  /** True for an image that failed, or that belongs to a repository or registry that did. */
  wants(source: string, target: string): boolean;
}

/**
 * Reads what failed from a report.
 *
 * @throws {FerryError} IO, CONFIG_INVALID
 */
export async function readFailed(path: string): Promise<Failed> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw new FerryError("IO", `Could not read the report "${path}"`, { hint: "name a file of --report", cause });
  }
  let images: unknown;
  try {
    images = JSON.parse(text)?.images;
  } catch {
    images = undefined;
  }
  if (!Array.isArray(images)) {
    throw new FerryError("CONFIG_INVALID", `"${path}" is not a report`, { hint: "name a file of --report" });
  }
  const failed = (images as Partial<ReportRow>[]).filter(({ outcome }) => outcome !== undefined && WRONG.has(outcome));
  const pairs = new Set(failed.map(({ source, target }) => `${source} ${target}`));
  const places = [...new Set(failed.map(({ source }) => source ?? ""))].filter((source) => source !== "");
  const whole = new Set(places);
  return {
    steps: new Set(failed.map(({ step }) => step ?? "")),
    wants: (source, target) =>
      pairs.has(`${source} ${target}`) || [...aboveOf(source)].some((place) => whole.has(place)),
  };
}

/** The repository of an image, and what is above that. */
function* aboveOf(source: string): Generator<string> {
  const repository = source.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  if (repository !== source) yield repository;
  for (let at = repository.lastIndexOf("/"); at > 0; at = repository.lastIndexOf("/", at - 1)) {
    yield repository.slice(0, at);
  }
}

/** Rows that a table shows besides failures. */
const TABLE_MOST = 100;

const WORDS: Readonly<Record<Outcome, string>> = {
  copied: "copied",
  unchanged: "unchanged",
  exists: "there already",
  needed: "needed",
  refresh: "to look through",
  passed: "passed over",
  unchosen: "not chosen",
  failed: "failed",
  untried: "not tried",
  pruned: "pruned",
  "would-prune": "to prune",
};

/** Rows as a table, then a line with the counts. `all` shows every row. */
export function reportText(rows: Rows, milliseconds: number, all = false): string {
  const wrong = rows.rows.filter(({ outcome }) => WRONG.has(outcome));
  const fine = rows.rows.filter(({ outcome }) => !WRONG.has(outcome));
  const shown = [...all ? fine : fine.slice(0, TABLE_MOST), ...wrong];
  const cells = shown.map(({ outcome, source, target, why }) =>
    `${WORDS[outcome]}\t${source === "" ? "-" : source}\t${target === "" ? "-" : target}\t${why}\n`
  );
  const table = shown.length === 0
    ? ""
    : alignTabs(["RESULT\tSOURCE\tTARGET\tWHY\n", ...cells].join(""), { padding: 2 });
  const hidden = all ? 0 : Math.max(0, fine.length - TABLE_MOST);
  const more = hidden === 0 ? "" : `and ${hidden} more; --report writes all of them\n`;
  return `${table}${more}${countsText(rows, milliseconds)}\n`;
}

function countsText(rows: Rows, milliseconds: number): string {
  const counts = Object.entries(WORDS).flatMap(([outcome, word]) => {
    const count = rows.count(outcome as Outcome);
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const sent = rows.bytes === 0 ? "" : `, ${humanSize(rows.bytes)} sent`;
  const seconds = (milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0);
  return counts.length === 0 ? "Nothing to look at" : `${counts.join(", ")}${sent} in ${seconds}s`;
}
