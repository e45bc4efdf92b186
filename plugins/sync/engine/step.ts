/**
 * Runs one step: some look at images while others copy those that need it.
 *
 * @module
 */
import { waitText } from "../../../src/mod.ts";
import { pullsOf } from "./allowance.ts";
import { registryOf } from "./blame.ts";
import { toFerryError } from "./failure.ts";
import { copyAll, lookUp, type Ready } from "./item.ts";
import { itemsOf, type Listed } from "./items.ts";
import { Relay } from "./relay.ts";
import type { Item, PreparedStep, Work } from "./work.ts";

/** Images that may wait for a copy besides those at work. */
const READY_MOST = 16;

interface ReadyItem {
  readonly item: Item;
  readonly ready: Ready;
}

/** Runs a step. What fails is reported; only what stops all of the work is thrown. Gives what was listed, for pruning. */
export async function runStep(work: Work, prepared: PreparedStep): Promise<readonly Listed[]> {
  const listed: Listed[] = [];
  const relay = new Relay<ReadyItem>(READY_MOST);
  const lookers = (async () => {
    try {
      await lookThrough(work, prepared, relay, listed);
    } finally {
      relay.end();
    }
  })();
  lookers.catch(() => {});
  const copiers = (async () => {
    // A registry that counts pulls is given a plan before the first one is spent.
    const first = await relay.peek();
    if (first !== undefined && work.pulls.limitOf(registryOf(first.item.source)) !== undefined) {
      relay.widen();
      await lookers;
      tellBudget(work, prepared, relay.waiting, registryOf(first.item.source));
    }
    await inParallel(work.parallel, async () => {
      for (let next = await relay.take(); next !== undefined; next = await relay.take()) {
        if (work.stopping.aborted) return;
        await copyAll(work, next.item, next.ready);
      }
    });
  })();
  // Both are waited for, so that nothing goes on behind a failure.
  const [looked, copied] = await Promise.allSettled([lookers, copiers.finally(() => relay.drop())]);
  if (copied.status === "rejected") throw copied.reason;
  if (looked.status === "rejected") throw looked.reason;
  return listed;
}

async function lookThrough(
  work: Work,
  prepared: PreparedStep,
  relay: Relay<ReadyItem>,
  listed: Listed[],
): Promise<void> {
  const items = itemsOf(work, prepared, { onListed: (one) => void listed.push(one) });
  let failure: unknown;
  await inParallel(work.lookupsAtOnce, async () => {
    try {
      for (let next = await items.next(); !next.done; next = await items.next()) {
        if (work.stopping.aborted || relay.dropped || failure !== undefined) return;
        const ready = await lookUp(work, next.value);
        if (ready !== undefined) await relay.put({ item: next.value, ready });
      }
    } catch (error) {
      failure ??= error;
    }
  });
  if (failure === undefined || work.stopping.aborted) return;
  work.signal.throwIfAborted();
  // A mistake in a name of the file, or of this program: the step ends, the others go on.
  const error = toFerryError(failure);
  const { name, source } = prepared.step;
  work.context.log.error("Failed to sync", { source, step: name, error: error.message });
  work.report({
    step: name,
    source,
    target: prepared.step.targets[0]?.target ?? "",
    outcome: "failed",
    why: error.message,
    error,
  });
}

function tellBudget(work: Work, prepared: PreparedStep, waiting: readonly ReadyItem[], registry: string): void {
  const needs = waiting.reduce((sum, { item, ready }) => sum + pullsOf(item, ready.source), 0);
  const reset = work.pulls.untilReset(registry);
  const left = work.pulls.left(registry) ?? 0;
  const fields = {
    step: prepared.step.name,
    registry,
    "needs-at-least": needs,
    left,
    ...(reset === undefined ? {} : { "resets-in": waitText(reset / 1000) }),
  };
  if (needs > left) work.context.log.warn("Pulls will not do, the rest waits", fields);
  else work.context.log.info("Pulls planned", fields);
}

/** Runs several workers side by side. All end before this does; then the first failure is thrown. */
export async function inParallel(count: number, worker: () => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(Array.from({ length: Math.max(1, count) }, worker));
  for (const end of ends) {
    if (end.status === "rejected") throw end.reason;
  }
}
