/**
 * Keeps the files that a running copy counts on young, so that no process takes them for garbage: garbage is what nothing refers to
 * and what is older than the grace period.
 *
 * @module
 */
import { type LayoutContext, stateOf } from "./context.ts";
import { isMissing } from "./io_error.ts";

/** Sets a file's time to now; false when the file is not there. A file of another owner keeps its time. */
export async function touch(path: string, now: number): Promise<boolean> {
  const time = new Date(now);
  try {
    await Deno.utime(path, time, time);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    return await Deno.stat(path).then(() => true, () => false);
  }
}

/** Remembers that the work counts on a file that has just been made or touched. */
export function rely(context: LayoutContext, root: string, path: string): void {
  stateOf(context, root).relied.add(path);
}

/** Touches what the work counts on, once in a quarter of the grace period. */
export async function keepFresh(context: LayoutContext, root: string): Promise<void> {
  const state = stateOf(context, root);
  const now = context.now();
  if (context.grace <= 0 || now - state.touchedAt < context.grace / 4) return;
  state.touchedAt = now;
  for (const path of state.relied) await touch(path, now);
}
