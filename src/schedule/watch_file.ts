/**
 * Tells when a file that a server works by is to be read anew: it has changed, or the process got SIGHUP.
 *
 * @module
 */
import { digestOf } from "../oci/digest.ts";
import type { Clock, Log } from "../plugin.ts";

/** Time between two looks at the file, milliseconds. */
const EVERY = 15_000;

/** How to watch. */
export interface WatchOptions {
  /** Time. */
  readonly clock: Clock;
  /** Told of what cannot be used. */
  readonly log: Log;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** Reads the file anew; where it fails, the one before stays. */
  readonly onChange: () => Promise<void>;
  /** Told whether it could be used. */
  readonly onResult?: (worked: boolean) => void;
}

/** Watches a file until it is disposed of. Standard input is read once. */
export function watchFile(path: string, { clock, log, signal, onChange, onResult }: WatchOptions): Disposable {
  const end = new AbortController();
  const over = AbortSignal.any([end.signal, signal]);
  let queue: Promise<void> = Promise.resolve();
  const reload = () => {
    queue = queue.then(async () => {
      if (over.aborted) return;
      try {
        await onChange();
        onResult?.(true);
      } catch (error) {
        if (over.aborted) return;
        log.error("File cannot be used, the one before stays", {
          file: path,
          error: error instanceof Error ? error.message : String(error),
        });
        onResult?.(false);
      }
    });
    return queue;
  };
  const hears = path !== "-" && Deno.build.os !== "windows";
  const onSignal = () => void reload();
  if (hears) Deno.addSignalListener("SIGHUP", onSignal);
  if (path !== "-") void look(path, clock, over, reload);
  return {
    [Symbol.dispose]: () => {
      end.abort();
      if (hears) Deno.removeSignalListener("SIGHUP", onSignal);
    },
  };
}

/** By content, not by time: a mounted file may be replaced by one of the same time, or touched without a change. */
async function look(path: string, clock: Clock, over: AbortSignal, reload: () => Promise<void>): Promise<void> {
  let known = await digestOfFile(path);
  while (!over.aborted) {
    try {
      await clock.sleep(EVERY, over);
    } catch {
      return;
    }
    const digest = await digestOfFile(path);
    // While it is written there may be nothing for a moment.
    if (digest === undefined || digest === known) continue;
    known = digest;
    await reload();
  }
}

async function digestOfFile(path: string): Promise<string | undefined> {
  try {
    return digestOf(await Deno.readFile(path));
  } catch {
    return undefined;
  }
}
