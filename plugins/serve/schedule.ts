/**
 * Garbage collection while the server runs.
 *
 * @module
 */
import { type Context, isFerryError, type LayoutFolder } from "../../src/mod.ts";

/** How to collect. */
export interface Schedule {
  /** Milliseconds between two rounds. */
  readonly interval: number;
  /** Age in milliseconds below which nothing goes. */
  readonly grace: number;
  /** Manifests without a tag go as well. */
  readonly untagged: boolean;
}

/** Collects garbage until the signal says stop; one repository after the other. Gives a promise that ends with the last round. */
export async function collectRegularly(
  context: Context,
  layouts: LayoutFolder,
  { interval, grace, untagged }: Schedule,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(interval, signal);
    if (signal.aborted) return;
    for (const name of await namesOf(context, layouts)) {
      if (signal.aborted) return;
      try {
        const { digests, bytes, entries } = await layouts.collect(name, { dryRun: false, grace, untagged });
        if (digests.length + entries > 0) {
          context.log.info("collected garbage", { repository: name, entries, blobs: digests.length, bytes });
        }
      } catch (error) {
        const message = isFerryError(error) ? error.message : String(error);
        context.log.warn("Garbage was not collected", { repository: name, error: message });
      }
    }
  }
}

/** Names of the repositories; none where they cannot be read now, for example since too many files are open. */
async function namesOf({ log }: Context, layouts: LayoutFolder): Promise<readonly string[]> {
  try {
    return await layouts.names();
  } catch (error) {
    log.warn("Garbage was not collected", { error: error instanceof Error ? error.message : String(error) });
    return [];
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
