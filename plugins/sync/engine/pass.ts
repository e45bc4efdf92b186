/**
 * One pass over steps: side by side where they do not need each other, then pruning.
 *
 * @module
 */
import {
  type Clock,
  type Context,
  CopyRun,
  FerryError,
  formatRepository,
  type Reference,
  sameRepository,
} from "../../../src/mod.ts";
import type { RunSettings } from "../file/types.ts";
import { Blame } from "./blame.ts";
import { Breaker } from "./breaker.ts";
import type { Listed } from "./items.ts";
import { stepsBefore } from "./order.ts";
import { prune } from "./prune.ts";
import type { Pulls } from "./pulls.ts";
import { placeOf } from "./references.ts";
import { type Row, type Rows, WRONG } from "./row.ts";
import type { Shard } from "./shard.ts";
import { NamedSlots, Slots } from "./slots.ts";
import type { SyncState } from "./state.ts";
import { runStep } from "./step.ts";
import type { Mode, PreparedStep, Work } from "./work.ts";

/** Copies at a time where the file does not say. */
export const PARALLEL = 8;
/** Lookups at a time for each registry where the file does not say. */
export const LOOKUPS = 8;
/** Milliseconds for which manifests and lists that were read are kept where the file does not say. */
const KEEP = 5 * 60_000;
/** Steps at a time. */
const STEPS_AT_ONCE = 8;

/** What a pass is made from. */
export interface PassOptions {
  /** Registries, log, time. */
  readonly context: Context;
  /** Settings of the run. */
  readonly run: RunSettings;
  /** Steps to run, in the file's order. */
  readonly steps: readonly PreparedStep[];
  /** Steps of the file that are not run. */
  readonly others: readonly PreparedStep[];
  /** What is known of what they stand for, for pruning. */
  readonly otherLists?: readonly Listed[];
  /** What the pass does. */
  readonly mode: Mode;
  /** Takes the rows. */
  readonly rows: Rows;
  /** Rate limits. */
  readonly pulls: Pulls;
  /** What targets named when they were last seen. */
  readonly state: SyncState;
  /** The first failure ends the pass. */
  readonly abortOnError?: boolean;
  /** Tells of tags that the rules leave out as well. */
  readonly explains?: boolean;
  /** The part of the work that is this process's. */
  readonly shard?: Shard | undefined;
  /** False for images that are not asked for. */
  readonly wants?: (source: string, target: string) => boolean;
  /** Nothing new is begun once this is aborted; where not given, the signal. */
  readonly stopping?: AbortSignal;
  /** Stops everything; where not given, the context's. */
  readonly signal?: AbortSignal;
  /** What this pass shares with others at the same time. */
  readonly shared?: SharedLimits;
  /** Nobody watches single copies. */
  readonly unwatched?: boolean;
}

/** What passes at the same time share. */
export interface SharedLimits {
  /** Copies at a time. */
  readonly copies: Slots;
  /** Lookups at a time, for each registry. */
  readonly lookups: NamedSlots;
  /** What copies have seen. */
  readonly memory: CopyRun;
}

/** Limits as the settings of a run have them. */
export function limitsOf(run: RunSettings, clock: Clock): SharedLimits {
  return {
    copies: new Slots(orElse(run.parallel, PARALLEL)),
    lookups: new NamedSlots(orElse(run.lookups, LOOKUPS)),
    memory: new CopyRun({
      ...(run.cacheCount === undefined ? {} : { manifests: run.cacheCount }),
      keep: { milliseconds: run.cacheTime ?? KEEP, now: () => clock.now() },
    }),
  };
}

function orElse(value: number | undefined, usual: number): number {
  return value !== undefined && value > 0 ? value : usual;
}

/**
 * Runs a pass. What fails is in the rows; gives what was listed.
 *
 * @throws what stops it: the signal's reason, or with `abortOnError` the first failure
 */
export async function runPass(options: PassOptions): Promise<readonly Listed[]> {
  const { context, steps, others, rows, state, run } = options;
  const abort = new AbortController();
  const outer = options.signal ?? context.signal;
  const signal = AbortSignal.any([outer, abort.signal]);
  const stopping = AbortSignal.any([options.stopping ?? outer, signal]);
  const work = startWork(options, signal, stopping, (row) => {
    rows.add(row);
    if (options.abortOnError === true && WRONG.has(row.outcome)) {
      abort.abort(row.error ?? new FerryError("SYNC_PARTIAL", row.why));
    }
  });
  const lists: (readonly Listed[])[] = [];
  try {
    await inOrder(steps, async (prepared, at) => {
      lists[at] = await runStep(work, prepared);
      if (options.mode !== "check") await state.save(run.state);
    }, stopping);
    const listed = [...lists.flatMap((list) => list ?? []), ...options.otherLists ?? []];
    const known = new Set(listed.map(({ prepared }) => prepared));
    const unknown = others.filter((prepared) => !known.has(prepared));
    if (!stopping.aborted) await prune(work, listed, (target) => unknown.some((other) => writesTo(other, target)));
    stopping.throwIfAborted();
    return lists.flatMap((list) => list ?? []);
  } finally {
    if (options.mode !== "check") await state.save(run.state);
  }
}

function startWork(options: PassOptions, signal: AbortSignal, stopping: AbortSignal, report: (row: Row) => void): Work {
  const { context, run } = options;
  const blame = new Blame();
  const watched = new Map<string, ReturnType<Blame["watch"]>>();
  return {
    context,
    mode: options.mode,
    signal,
    stopping,
    ...options.shared ?? limitsOf(run, context.clock),
    parallel: orElse(run.parallel, PARALLEL),
    lookupsAtOnce: orElse(run.lookups, LOOKUPS),
    onCopyEvent: options.unwatched === true ? undefined : context.onCopyEvent,
    pulls: options.pulls,
    breaker: new Breaker(),
    blame,
    state: options.state,
    report,
    explains: options.explains === true,
    prunes: [...options.steps, ...options.others].some(({ step }) => step.prune.enabled),
    shard: options.shard,
    wants: options.wants ?? (() => true),
    transport: async (reference) => {
      let transport = watched.get(reference.scheme);
      if (transport === undefined) {
        transport = blame.watch(await context.transport(reference));
        watched.set(reference.scheme, transport);
      }
      return transport;
    },
  };
}

/** Runs steps side by side, each after those that it waits for. */
async function inOrder(
  steps: readonly PreparedStep[],
  runOne: (prepared: PreparedStep, at: number) => Promise<void>,
  stopping: AbortSignal,
): Promise<void> {
  const before = stepsBefore(steps.map(({ step }) => step));
  const places = new Slots(STEPS_AT_ONCE);
  const ends: Promise<void>[] = [];
  for (const [at, prepared] of steps.entries()) {
    const end = (async () => {
      await Promise.allSettled(before[at]!.map((other) => ends[other]));
      await places.hold(async () => {
        if (!stopping.aborted) await runOne(prepared, at);
      });
    })();
    end.catch(() => {});
    ends.push(end);
  }
  const settled = await Promise.allSettled(ends);
  for (const end of settled) {
    if (end.status === "rejected") throw end.reason;
  }
}

/** True when a step may write to a repository. */
function writesTo({ step }: PreparedStep, target: Reference): boolean {
  return step.targets.some(({ target: text }) => {
    if (step.type !== "registry") return sameRepository(placeOf(text), target);
    return formatRepository(target).startsWith(`${text.replace(/\/+$/, "")}/`);
  });
}
