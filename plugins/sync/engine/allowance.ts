/**
 * Whether a registry still allows pulls, and the wait until it does.
 *
 * @module
 */
import { type Descriptor, isIndexType } from "../../../src/mod.ts";
import { registryOf } from "./blame.ts";
import { headSource } from "./look.ts";
import type { Item, Work } from "./work.ts";

/** Time between two looks at a rate limit where the file does not say, milliseconds; also the least that regsync waits. */
const RETRY = 5 * 60_000;
/** Wait for copies at work, whose pulls the registry has not counted yet, milliseconds. */
const SETTLE = 1000;

/** Pulls that a copy costs at least: registries count manifests that are read. */
export function pullsOf({ prepared }: Item, source: Descriptor): number {
  return isIndexType(source.mediaType) ? 1 + Math.max(1, prepared.platforms.length) : 1;
}

/** True when the step's rule allows a pull now. Without a rule everything may be used up. */
export function mayPull({ pulls }: Work, { prepared, source }: Item): boolean {
  const least = prepared.step.ratelimit?.min ?? 0;
  const left = pulls.left(registryOf(source));
  return least <= 0 || left === undefined || left >= least;
}

/**
 * Waits until pulls are left and no registry of the copy is to be left alone. Gives what the source names then: where there was a wait
 * it is looked at again, which also tells how many pulls are left now.
 *
 * @throws {FerryError} what the source's transport throws
 */
export async function untilAllowed(work: Work, item: Item, source: Descriptor): Promise<Descriptor> {
  const { context, pulls, signal } = work;
  const registry = registryOf(item.source);
  let found = source;
  await pulls.wait(registry, signal);
  for (const { reference } of item.targets) await pulls.wait(registryOf(reference), signal);
  for (let waits = 0;; waits++) {
    const limit = pulls.limitOf(registry);
    const usedUp = limit !== undefined && limit.remain < 1 && waits === 0;
    if (limit === undefined || (mayPull(work, item) && !usedUp)) return found;
    const least = Math.max(1, item.prepared.step.ratelimit?.min ?? 0);
    const sleep = limit.remain >= least ? SETTLE : waitOf(work, item);
    const report = limit.remain >= least ? context.log.debug : context.log.info;
    report("Delaying for rate limit", {
      source: item.text,
      step: item.prepared.step.name,
      "source-remaining": limit.remain,
      "source-limit": limit.limit,
      "step-min": least,
      sleep: `${Math.ceil(sleep / 1000)}s`,
    });
    await context.clock.sleep(sleep, signal);
    found = await headSource(work, item);
  }
}

function waitOf({ context, pulls }: Work, { prepared, source }: Item): number {
  const retry = prepared.step.ratelimit?.retry;
  if (context.program === "regsync") return Math.max(retry ?? RETRY, RETRY);
  if (retry !== undefined) return retry;
  return Math.min(Math.max(pulls.untilReset(registryOf(source)) ?? RETRY, SETTLE), RETRY);
}
