/**
 * Long files go to disk while they are still being written.
 *
 * @module
 */

/** Brings a file to disk bit by bit. */
export interface Flusher {
  /** More bytes are in the file. */
  wrote(bytes: number): void;
  /** Waits for what is under way. */
  settled(): Promise<void>;
  /** Waits, and throws what went wrong. */
  end(): Promise<void>;
}

/** Has each `most` bytes go to disk while more of them come, so that the flush at the end finds little left to do. */
export function createFlusher(file: Deno.FsFile, most: number): Flusher {
  let bytes = 0;
  let running: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  return {
    wrote: (count) => {
      bytes += count;
      if (bytes < most || running !== undefined) return;
      bytes = 0;
      running = file.syncData().catch((error) => {
        failure = { error };
      }).finally(() => running = undefined);
    },
    settled: async () => await running,
    end: async () => {
      await running;
      // The system tells of a failure once: the flush at the end would not see it.
      if (failure !== undefined) throw failure.error;
    },
  };
}
