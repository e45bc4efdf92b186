/**
 * The lock of a layout: whoever changes `index.json` or collects garbage holds it, in this process or another.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { withIoError } from "./io_error.ts";
import { lockPath } from "./paths.ts";

/** Options of {@linkcode withLock}. */
export interface LockOptions {
  /** Stops the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for another process, milliseconds. */
  readonly timeout?: number | undefined;
}

const TIMEOUT = 120_000;
const PAUSE_FIRST = 2;
const PAUSE_MOST = 50;

/** True when the file that `path` names now is the one that is open. */
export async function isStillAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const open = await file.stat();
  const named = await Deno.stat(path).catch(() => undefined);
  return named !== undefined && open.ino === named.ino && open.dev === named.dev;
}

/**
 * Does `work` while nobody else changes the layout. The lock file goes with the last who needs it: whoever gets the lock of a
 * file that is no longer there starts over.
 *
 * @throws {FerryError} LAYOUT_LOCKED when another process keeps it too long, IO
 */
export async function withLock<T>(root: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const path = lockPath(root);
  const until = performance.now() + (options.timeout ?? TIMEOUT);
  let pause = PAUSE_FIRST;
  for (;;) {
    options.signal?.throwIfAborted();
    const file = await withIoError(
      `lock the layout "${root}"`,
      () => Deno.open(path, { read: true, write: true, create: true }),
    );
    try {
      if (await withIoError(`lock the layout "${root}"`, () => file.tryLock(true))) {
        if (!await isStillAt(file, path)) continue;
        try {
          return await work();
        } finally {
          // Windows keeps the name of a removed file taken while another has it open.
          if (Deno.build.os !== "windows") await Deno.remove(path).catch(() => {});
        }
      }
    } finally {
      file.close();
    }
    if (performance.now() > until) {
      throw new FerryError("LAYOUT_LOCKED", `Layout "${root}" is locked by another process`, {
        hint: "wait until the other one has ended and run it again",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, PAUSE_MOST);
  }
}
