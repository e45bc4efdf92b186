/**
 * Takes one image from the look at both sides to its rows: with further tries where a failure may pass.
 *
 * @module
 */
import { FerryError, isFerryError, type SharedReader, SharedReads } from "../../../src/mod.ts";
import { mayPull, untilAllowed } from "./allowance.ts";
import { registryOf } from "./blame.ts";
import { copyOne } from "./copy.ts";
import { toFerryError } from "./failure.ts";
import { runHook } from "./hooks.ts";
import { type Finding, type Look, lookAt } from "./look.ts";
import type { Outcome, Row } from "./row.ts";
import type { Item, Target, Work } from "./work.ts";

/** Further tries where the file does not say. */
const RETRIES = 2;
/** Wait before the first of them, milliseconds; doubled each time. */
const RETRY_DELAY = 2000;
/** Longest wait between two tries. */
const RETRY_DELAY_MOST = 60_000;
/** Refusals for a rate limit that one image waits out. */
const REFUSALS_MOST = 5;

/** What was found, and what is left to do. */
export interface Ready extends Look {
  /** Findings that are work. */
  readonly work: readonly Finding[];
}

/** Looks at an image and reports all that needs no copy; undefined where that was all. */
export async function lookUp(work: Work, item: Item): Promise<Ready | undefined> {
  const look = await again(work, item, item.targets, (targets) => lookAt(work, item, targets));
  if (look === undefined) return undefined;
  const toDo: Finding[] = [];
  for (const finding of look.findings) {
    if (finding.kind === "failed") {
      // The others need not wait for it; alone it is tried as often as any.
      const alone = await lookUp(work, { ...item, targets: [finding.target] });
      toDo.push(...alone?.work ?? []);
    } else if (finding.kind !== "copy" && finding.kind !== "refresh") await settle(work, item, look, finding);
    else toDo.push(finding);
  }
  for (const { kind, target } of toDo) {
    const { step } = item.prepared;
    const fields = { source: item.text, target: target.text };
    if (kind === "copy") work.context.log.info("Image sync needed", fields);
    else {
      const { forceRecursive: forced, digestTags, referrers } = step;
      work.context.log.info("Image refreshing", { ...fields, forced, digestTags, referrers });
    }
  }
  if (work.mode === "check") {
    for (const finding of toDo) {
      report(work, item, finding.target, finding.kind === "copy" ? "needed" : "refresh", finding.why, {
        digest: look.source.digest,
        ...(finding.there === undefined ? {} : { before: finding.there.digest }),
      });
    }
    return undefined;
  }
  return toDo.length === 0 ? undefined : { ...look, work: toDo };
}

/** Copies an image to those targets that need it: one after the other within a registry, so that the second mounts, and registries side by side. */
export async function copyAll(work: Work, item: Item, ready: Ready): Promise<void> {
  const groups = new Map<string, Finding[]>();
  for (const finding of ready.work) {
    const registry = registryOf(finding.target.reference);
    groups.set(registry, [...groups.get(registry) ?? [], finding]);
  }
  // The first copies of all registries run together and read the source once.
  const readers = groups.size > 1 ? SharedReads.among(groups.size) : [];
  await Promise.all([...groups.values()].map(async (findings, at) => {
    let reads = readers[at];
    for (const finding of findings) {
      try {
        await copyTo(work, item, ready, finding, reads);
      } finally {
        reads?.leave();
        reads = undefined;
      }
    }
  }));
}

async function copyTo(work: Work, item: Item, ready: Ready, first: Finding, reads?: SharedReader): Promise<void> {
  let known: Look | undefined = ready;
  let tries = 0;
  const row = await again(work, item, [first.target], async (targets) => {
    tries++;
    // After a failure both sides may have changed.
    const look = known ?? await lookAt(work, item, targets);
    const finding = known === undefined ? look.findings[0]! : first;
    known = undefined;
    if (finding.kind !== "copy" && finding.kind !== "refresh") {
      return rowOf(item, finding.target, "unchanged", finding.why);
    }
    for (let { source } = look;;) {
      source = await untilAllowed(work, item, source);
      const done = await work.copies.hold(async () => {
        work.stopping.throwIfAborted();
        return mayPull(work, item)
          ? await copyOne(work, item, source, finding, tries > 1 ? undefined : reads)
          : undefined;
      });
      if (done !== undefined) return done;
    }
  }, "Failed to copy image");
  if (row !== undefined) work.report(tries > 1 ? { ...row, tries } : row);
}

/** Reports what needs no copy. */
async function settle(work: Work, item: Item, look: Look, finding: Finding): Promise<void> {
  const { target, kind, why, there } = finding;
  const { unchanged } = item.prepared.step.hooks;
  const { log } = work.context;
  const fields = { source: item.text, target: target.text };
  if (kind === "unchanged") log.debug("Image matches", fields);
  if (kind === "exists") log.debug("Target exists", fields);
  if (kind === "unchanged" && unchanged !== undefined && work.mode !== "check") {
    try {
      const before = there?.digest ?? "";
      const { name } = item.prepared.step;
      const facts = { step: name, source: item.text, target: target.text, digest: look.source.digest, before };
      await runHook(work.context, "unchanged", unchanged, facts, work.signal);
    } catch (error) {
      return fail(work, item, target, error, 1);
    }
  }
  const outcome = kind === "unchanged" ? "unchanged" : kind === "exists" ? "exists" : "passed";
  report(work, item, target, outcome, why, there === undefined ? {} : { digest: there.digest });
}

/** Tries the work until it succeeds or a failure is final; then every target gets its row, and undefined is given. */
async function again<T>(
  work: Work,
  item: Item,
  targets: readonly Target[],
  once: (targets: readonly Target[]) => Promise<T>,
  failure = "Failed to lookup source manifest",
): Promise<T | undefined> {
  const { retries } = item.prepared.step;
  const { clock, log } = work.context;
  let failures = 0;
  for (let refusals = 0;;) {
    const closed = [item.source, ...targets.map(({ reference }) => reference)].map((place) => work.breaker.open(place))
      .find((error) => error !== undefined);
    if (closed !== undefined) {
      for (const target of targets) report(work, item, target, "untried", closed.message, { error: closed });
      return undefined;
    }
    try {
      return await once(targets);
    } catch (thrown) {
      work.signal.throwIfAborted();
      work.stopping.throwIfAborted();
      const error = toFerryError(thrown);
      const place = work.blame.of(thrown);
      if (place !== undefined) work.breaker.failed(place, error);
      if (isFerryError(error, "TOOMANYREQUESTS") && place !== undefined && refusals++ < REFUSALS_MOST) {
        const wait = work.pulls.refused(registryOf(place), error.retryAfter);
        log.info("Delaying for rate limit", {
          source: item.text,
          registry: registryOf(place),
          sleep: `${Math.ceil(wait / 1000)}s`,
        });
        await work.pulls.wait(registryOf(place), work.signal);
        continue;
      }
      if (failures++ >= (retries.count ?? RETRIES) || !mayPass(error)) {
        log.error(failure, { source: item.text, target: targets[0]?.text, error: error.message });
        for (const target of targets) fail(work, item, target, error, failures);
        return undefined;
      }
      const wait = Math.min(RETRY_DELAY_MOST, (retries.delay ?? RETRY_DELAY) * 2 ** (failures - 1));
      log.warn("Trying again", { source: item.text, error: error.message, sleep: `${Math.ceil(wait / 1000)}s` });
      await clock.sleep(wait, work.signal);
    }
  }
}

/** Failures that may be gone when it is tried again: of the line, of the server, and content that came over it broken. */
function mayPass(error: FerryError): boolean {
  return error.exit === 7 || error.exit === 8 ||
    isFerryError(error, "DIGEST_MISMATCH", "SIZE_MISMATCH", "RESPONSE_INVALID", "BLOB_UNKNOWN", "LAYOUT_LOCKED");
}

function fail(work: Work, item: Item, target: Target, thrown: unknown, tries: number): void {
  const error = toFerryError(thrown);
  work.context.log.error("Failed to sync", { target: target.text, source: item.text, error: error.message });
  report(work, item, target, "failed", error.message, { error, ...(tries > 1 ? { tries } : {}) });
}

function report(work: Work, item: Item, target: Target, outcome: Outcome, why: string, more: Partial<Row> = {}): void {
  work.report({ ...rowOf(item, target, outcome, why), ...more });
}

function rowOf(item: Item, target: Target, outcome: Outcome, why: string): Row {
  const { step } = item.prepared;
  return { step: step.name, source: item.text, target: target.text, outcome, why };
}
