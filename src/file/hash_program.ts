/**
 * What a thread of {@linkcode HashThreads} does: it reads stretches of files, hashes them, and writes the same bytes elsewhere where that
 * is wanted.
 *
 * @module
 */
import type { createHash, Hash } from "node:crypto";
import { threadProgram } from "./thread_program.ts";

/** A stretch of a file. */
export interface Stretch {
  /** Path of the file. */
  readonly path: string;
  /** Where it starts. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** What a thread is asked to hash. */
export interface HashTask {
  /** `sha256` or `sha512`. */
  readonly algorithm: string;
  /** Stretches that follow each other. */
  readonly from: readonly Stretch[];
  /** An existing file that the bytes are written to as they were hashed, from an offset on. */
  readonly to?: { readonly path: string; readonly offset: number };
}

/** What it answers: bytes that are done since the last answer, then the digest, or what went wrong. */
export type HashAnswer =
  | { readonly done: number }
  | { readonly encoded: string }
  | { readonly failure: { readonly side: "read" | "write"; readonly message: string; readonly code: string } };

interface ThreadScope {
  onmessage: ((event: MessageEvent<HashTask>) => void) | null;
  postMessage(answer: HashAnswer): void;
}

/** Address of the thread's program. */
export function hashProgram(): string {
  return threadProgram(serve);
}

function serve(scope: ThreadScope, make: typeof createHash): void {
  // A piece that was read is still in the processor's cache when it is hashed and written.
  const buffer = new Uint8Array(256 * 1024);
  const tellEach = 8 * 1024 * 1024;
  let side: "read" | "write" = "read";

  /** Files are closed by hand: what `using` becomes in a bundle lies outside of the function. */
  const opened = <T>(path: string, options: Deno.OpenOptions, offset: number, work: (file: Deno.FsFile) => T): T => {
    const file = Deno.openSync(path, options);
    try {
      file.seekSync(offset, Deno.SeekMode.Start);
      return work(file);
    } finally {
      file.close();
    }
  };

  const take = (file: Deno.FsFile, size: number, hash: Hash, target: Deno.FsFile | undefined): void => {
    let untold = 0;
    for (let left = size; left > 0;) {
      side = "read";
      const count = file.readSync(buffer.subarray(0, Math.min(left, buffer.byteLength)));
      if (count === null) throw new Error("it became shorter while it was read");
      const piece = buffer.subarray(0, count);
      hash.update(piece);
      side = "write";
      if (target !== undefined) { for (let at = 0; at < count;) at += target.writeSync(piece.subarray(at)); }
      left -= count;
      untold += count;
      if (untold < tellEach && left > 0) continue;
      scope.postMessage({ done: untold });
      untold = 0;
    }
  };

  const run = ({ algorithm, from, to }: HashTask): string => {
    const hash = make(algorithm);
    const takeAll = (target?: Deno.FsFile) => {
      for (const { path, offset, size } of from) {
        side = "read";
        opened(path, { read: true }, offset, (file) => take(file, size, hash, target));
      }
    };
    side = "write";
    if (to === undefined) takeAll();
    else opened(to.path, { write: true }, to.offset, takeAll);
    return hash.digest("hex");
  };

  scope.onmessage = ({ data }) => {
    try {
      scope.postMessage({ encoded: run(data) });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      const message = error instanceof Error ? error.message : String(error);
      scope.postMessage({ failure: { side, message, code } });
    }
  };
}
