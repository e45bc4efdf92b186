/**
 * Runs the steps of a file by their schedules until the process is told to stop.
 *
 * @module
 */
import { type Context, loadSchedule } from "../../../src/mod.ts";
import type { Listed } from "../engine/items.ts";
import { limitsOf, runPass, type SharedLimits } from "../engine/pass.ts";
import { Pulls } from "../engine/pulls.ts";
import { Rows, WRONG } from "../engine/row.ts";
import type { Shard } from "../engine/shard.ts";
import type { SyncState } from "../engine/state.ts";
import type { Mode, PreparedStep } from "../engine/work.ts";
import { stepSchedule } from "../file/mod.ts";
import type { SyncFile, SyncStep } from "../file/types.ts";
import { openSession, type Session } from "../open.ts";
import type { Metrics } from "./metrics.ts";

/** What the server is made from. */
export interface SyncServerOptions {
  /** Registries, log, time; its signal stops the server. */
  readonly context: Context;
  /** Told what happens. */
  readonly metrics: Metrics;
  /** The part of the work that is this process's. */
  readonly shard: Shard | undefined;
  /** Names of the steps to run; none: all. */
  readonly only: readonly string[];
  /** The first failure of a run ends that run. */
  readonly abortOnError: boolean;
  /** What targets named when they were last seen. */
  readonly state: SyncState;
  /** File of the state. */
  readonly statePath: string | undefined;
  /** Milliseconds that running copies have to end. */
  readonly stopTimeout: number;
}

/** The time of one file: from when it is loaded until another is. */
interface Term {
  readonly session: Session;
  readonly stopping: AbortController;
  readonly end: Promise<void>;
}

/** A server. It works on one file at a time. */
export class SyncServer {
  readonly #options: SyncServerOptions;
  readonly #pulls: Pulls;
  readonly #hard = new AbortController();
  readonly #lists = new Map<string, readonly Listed[]>();
  #term: Term | undefined;
  #known: ReadonlySet<string> = new Set();
  #shared: SharedLimits | undefined;
  #running = 0;
  #loading: Promise<void> = Promise.resolve();

  /** Does nothing yet. */
  constructor(options: SyncServerOptions) {
    this.#options = options;
    this.#pulls = new Pulls(options.context.clock);
  }

  /**
   * Takes over a file: what runs of the one before ends first, then what is missing for new and changed steps is brought, then all
   * steps run by their schedules.
   *
   * @throws {FerryError} where the file cannot be used; the one before stays then
   */
  async load(file: SyncFile): Promise<void> {
    const { context, only } = this.#options;
    const session = await openSession(context, file, only);
    const before = this.#loading;
    let done = () => {};
    this.#loading = new Promise((resolve) => done = resolve);
    try {
      await before;
      await this.#stopTerm(this.#term);
      const stopping = new AbortController();
      const fresh = session.steps.filter(({ step }) => !this.#known.has(textOf(step)));
      this.#known = new Set(session.steps.map(({ step }) => textOf(step)));
      this.#lists.clear();
      this.#term = { session, stopping, end: this.#serve(session, fresh, stopping.signal) };
    } finally {
      done();
    }
  }

  /** Waits until the process is told to stop, then for what runs: no longer than the time that it has. */
  async ended(): Promise<void> {
    const { context: { clock, signal, log }, stopTimeout } = this.#options;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    log.info("Stopping server");
    await this.#loading;
    const over = new AbortController();
    const limit = clock.sleep(stopTimeout, over.signal).then(() => {
      if (this.#running > 0) log.warn("Running copies are stopped", { after: `${Math.ceil(stopTimeout / 1000)}s` });
      this.#hard.abort(signal.reason);
    }, () => {});
    await this.#stopTerm(this.#term);
    over.abort();
    await limit;
  }

  async #stopTerm(term: Term | undefined): Promise<void> {
    if (term === undefined) return;
    term.stopping.abort(new Error("The file is not used any more"));
    await term.end;
    await term.session.context.close();
  }

  async #serve(session: Session, fresh: readonly PreparedStep[], stopping: AbortSignal): Promise<void> {
    const { context: { clock, log, signal }, metrics } = this.#options;
    const soft = AbortSignal.any([stopping, signal]);
    if (fresh.length > 0) await this.#run(session, fresh, "missing", soft);
    const { runOnSchedule } = await loadSchedule();
    await Promise.all(session.steps.map(async (prepared) => {
      const { step } = prepared;
      const schedule = await stepSchedule(step);
      if (schedule === undefined) {
        return log.error("No schedule or interval found, ignoring", {
          source: step.source,
          target: step.targets[0]?.target,
          type: step.type,
        });
      }
      await runOnSchedule({
        schedule,
        run: () => this.#run(session, [prepared], "copy", soft),
        onSkipped: (times) => log.warn("Step took longer than its schedule", { step: step.name, skipped: times }),
        onNext: (time) => metrics.next(step.name, time),
      }, { clock, signal: soft });
    }));
    if (session.steps.length === 0) log.warn("The file has no steps");
  }

  /** Runs steps; nothing that goes wrong ends the server. */
  async #run(session: Session, steps: readonly PreparedStep[], mode: Mode, stopping: AbortSignal): Promise<void> {
    const { context: { clock, log }, metrics, abortOnError, shard, state, statePath } = this.#options;
    const rows = new Rows();
    const started = clock.now();
    const name = mode === "missing" ? "" : steps[0]!.step.name;
    const { run } = session.file;
    metrics.began(name);
    // Passes at the same time share what they have seen; what was seen long ago may not hold any more.
    if (this.#running++ === 0) this.#shared = undefined;
    this.#shared ??= limitsOf(run, clock);
    let failure: unknown;
    try {
      const listed = await runPass({
        context: session.context,
        run: { ...run, ...(statePath === undefined ? {} : { state: statePath }) },
        steps,
        others: [...session.others, ...session.steps.filter((other) => !steps.includes(other))],
        otherLists: [...this.#lists].flatMap(([key, list]) =>
          steps.some(({ step }) => textOf(step) === key) ? [] : list
        ),
        mode,
        rows,
        pulls: this.#pulls,
        state,
        abortOnError,
        shard,
        stopping,
        signal: this.#hard.signal,
        shared: this.#shared,
        unwatched: true,
      });
      for (const { step } of steps) {
        this.#lists.set(textOf(step), listed.filter(({ prepared }) => prepared.step === step));
      }
    } catch (error) {
      failure = error;
    } finally {
      this.#running--;
    }
    const milliseconds = clock.now() - started;
    const failed = rows.countOf(WRONG) > 0 || (failure !== undefined && !stopping.aborted);
    metrics.ran(name, rows, milliseconds, failed);
    metrics.limits(this.#pulls);
    const fields = {
      step: name === "" ? "what is missing" : name,
      ...Object.fromEntries(rows.counts),
      bytes: rows.bytes,
      seconds: milliseconds / 1000,
      ...(failure === undefined ? {} : { error: failure instanceof Error ? failure.message : String(failure) }),
    };
    if (stopping.aborted && failure !== undefined) log.info("Step was stopped", fields);
    else if (failed) log.warn("Step is done, not all of it", fields);
    else log.info("Step is done", fields);
  }
}

/** The step's meaning: the same in two files when it is to be run in the same way. */
function textOf({ index: _index, line: _line, ...rest }: SyncStep): string {
  return JSON.stringify(rest);
}
