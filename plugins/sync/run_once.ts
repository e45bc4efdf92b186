/**
 * One pass over a file and its result: what `check` and `once` share.
 *
 * @module
 */
import { type CommandResult, type Context, FerryError, type Program, writeFile } from "../../src/mod.ts";
import { runPass } from "./engine/pass.ts";
import { Pulls } from "./engine/pulls.ts";
import { Rows, TO_DO, WRONG } from "./engine/row.ts";
import { parseShard } from "./engine/shard.ts";
import { SyncState } from "./engine/state.ts";
import type { Mode } from "./engine/work.ts";
import { type FileFlags, openSession, readFile } from "./open.ts";
import { readFailed, reportOf, reportText } from "./report.ts";

/** What a pass is asked to do. */
export interface OnceOptions {
  /** What it does. */
  readonly mode: Mode;
  /** A difference is a result of its own. */
  readonly tellsDifference: boolean;
  /** File of the state; where not given, the sync file's. */
  readonly state?: string | undefined;
  /** Milliseconds for which remembered targets are trusted. */
  readonly trust: number;
  /** Every tag is listed. */
  readonly explains: boolean;
}

/** Flags of both commands. */
export interface OnceFlags extends FileFlags {
  /** `--abort-on-error`. */
  readonly "abort-on-error": boolean | undefined;
  /** `--only`. */
  readonly only: readonly string[];
  /** `--shard`. */
  readonly shard: string | undefined;
  /** `--report`. */
  readonly report: string | undefined;
  /** `--retry-failed`. */
  readonly "retry-failed": string | undefined;
}

/** Reads a file and runs a pass over it. */
export async function runOnce(context: Context, flags: OnceFlags, options: OnceOptions): Promise<CommandResult> {
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard);
  const { "retry-failed": retry } = flags;
  const failed = retry === undefined ? undefined : await readFailed(retry);
  const file = await readFile(context, flags);
  const { clock, log } = context;
  const statePath = options.state ?? file.run.state;
  const state = await SyncState.open(statePath, clock, options.trust, log);
  const session = await openSession(context, file, flags.only);
  const rows = new Rows(options.explains);
  const started = clock.now();
  const report = flags.report ?? file.run.report;
  const result = () => reportOf({ file: file.path, mode: options.mode, started, ended: clock.now() }, rows);
  const again = failed === undefined ? session.steps : session.steps.filter(({ step }) => failed.steps.has(step.name));
  try {
    await runPass({
      context: session.context,
      run: { ...file.run, ...(statePath === undefined ? {} : { state: statePath }) },
      steps: again,
      others: [...session.others, ...session.steps.filter((prepared) => !again.includes(prepared))],
      mode: options.mode,
      rows,
      pulls: new Pulls(clock),
      state,
      abortOnError: flags["abort-on-error"] === true,
      explains: options.explains,
      shard,
      ...(failed === undefined ? {} : { wants: failed.wants }),
    });
  } finally {
    await session.context.close();
    // Also of a run that was stopped: what it did is worth knowing.
    if (report !== undefined) {
      await writeFile(report, new TextEncoder().encode(`${JSON.stringify(result(), null, 2)}\n`));
    }
  }
  const error = failureOf(rows, file.path);
  const took = clock.now() - started;
  return {
    data: result,
    text: () => isQuiet(context.program) ? "" : reportText(rows, took, options.explains),
    ...(error !== undefined ? { error } : options.tellsDifference && rows.countOf(TO_DO) > 0 ? { exit: 10 } : {}),
  };
}

/** regsync says what it does in its log alone. */
function isQuiet(program: Program): boolean {
  return program === "regsync";
}

function failureOf(rows: Rows, file: string): FerryError | undefined {
  const wrong = rows.rows.filter(({ outcome }) => WRONG.has(outcome));
  const first = wrong[0];
  if (first === undefined) return undefined;
  if (rows.total === 1 && first.error !== undefined) return first.error;
  const codes = [...new Set(wrong.map(({ error }) => error?.code ?? "INTERNAL"))].slice(0, 4).join(", ");
  return new FerryError(
    "SYNC_PARTIAL",
    `${wrong.length} of ${rows.total} images of "${file}" were not synced: ${codes}`,
    {
      hint: "run it again: what is there already is not sent again",
      ...(first.error === undefined ? {} : { cause: first.error }),
    },
  );
}
