/**
 * What a hashing thread does, and the words that it understands. Hashing is what costs most when a layout is written, and one thread
 * hashes more slowly than a network or a disk brings bytes: large blobs are written and hashed beside the thread that reads them.
 *
 * @module
 */
import type { createHash, Hash } from "node:crypto";
import { threadProgram } from "../../file/thread_program.ts";

/** What a thread is asked to do with one blob. */
export type SinkRequest =
  | {
    readonly id: number;
    readonly verb: "open";
    readonly path: string;
    readonly algorithm: string;
    readonly kept: number;
  }
  | { readonly id: number; readonly verb: "write"; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly id: number; readonly verb: "finish" }
  | { readonly id: number; readonly verb: "release" };

/** What it answers: one answer a request but `release`, in the order of the requests. */
export type SinkAnswer =
  | { readonly id: number; readonly opened: true }
  | { readonly id: number; readonly buffer: ArrayBuffer }
  | { readonly id: number; readonly encoded: string }
  | { readonly id: number; readonly failure: { readonly message: string; readonly code: string } };

interface WorkerScope {
  onmessage: ((event: MessageEvent<SinkRequest>) => void) | null;
  postMessage(answer: SinkAnswer, transfer?: Transferable[]): void;
}

/** Address of the thread's program. */
export function workerAddress(): string {
  return threadProgram(serve);
}

function serve(scope: WorkerScope, hash: typeof createHash): void {
  const blobs = new Map<number, { readonly file: Deno.FsFile; readonly hash: Hash }>();

  const open = (id: number, path: string, algorithm: string, kept: number): SinkAnswer => {
    const file = Deno.openSync(path, { read: true, write: true });
    const blob = { file, hash: hash(algorithm) };
    blobs.set(id, blob);
    const buffer = new Uint8Array(Math.min(1024 * 1024, kept));
    for (let left = kept; left > 0;) {
      const read = file.readSync(buffer.subarray(0, Math.min(left, buffer.byteLength)));
      if (read === null) throw new Error("a partial file became shorter while it was read");
      blob.hash.update(buffer.subarray(0, read));
      left -= read;
    }
    return { id, opened: true };
  };

  const release = (id: number): void => {
    blobs.get(id)?.file.close();
    blobs.delete(id);
  };

  const answer = (request: SinkRequest): SinkAnswer | undefined => {
    const { id } = request;
    if (request.verb === "open") return open(id, request.path, request.algorithm, request.kept);
    if (request.verb === "release") return void release(id);
    const blob = blobs.get(id);
    if (blob === undefined) throw new Error("the blob is not open");
    if (request.verb === "finish") return { id, encoded: blob.hash.digest("hex") };
    const bytes = new Uint8Array(request.buffer, 0, request.length);
    for (let at = 0; at < bytes.byteLength;) at += blob.file.writeSync(bytes.subarray(at));
    blob.hash.update(bytes);
    return { id, buffer: request.buffer };
  };

  scope.onmessage = ({ data }) => {
    try {
      const said = answer(data);
      if (said !== undefined) scope.postMessage(said, "buffer" in said ? [said.buffer] : []);
    } catch (error) {
      release(data.id);
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      scope.postMessage({
        id: data.id,
        failure: { message: error instanceof Error ? error.message : String(error), code },
      });
    }
  };
}
