/**
 * Hashing threads: started for the first large blob, ended with the last one under way.
 *
 * @module
 */
import { createFlusher } from "../../file/flusher.ts";
import { inlineSink, type Sink } from "./sink.ts";
import { type SinkAnswer, type SinkRequest, workerAddress } from "./sink_worker.ts";

/** Bytes from which a blob is worth a thread. */
export const THREAD_BYTES: number = 4 * 1024 * 1024;

const THREADS_MOST = 4;

/** Bytes that are written before they are sent to disk. */
const FLUSH_BYTES = 16 * 1024 * 1024;

/** A file to be filled. */
export interface SinkTarget {
  /** The open file. */
  readonly file: Deno.FsFile;
  /** Its path. */
  readonly path: string;
  /** Algorithm of the digest. */
  readonly algorithm: string;
  /** Bytes at its start that count. */
  readonly kept: number;
  /** Bytes that are expected in all; undefined when not known. */
  readonly size: number | undefined;
}

/** Makes sinks. */
export interface SinkPool {
  /** A sink for a file: with a thread for a large blob, without for a small one or where no thread can be had. */
  open(target: SinkTarget): Promise<Sink>;
}

/** Options of {@linkcode createSinkPool}. */
export interface SinkPoolOptions {
  /** Most threads; 0 for none. */
  readonly threads?: number;
}

/** Makes a pool of as many threads as the machine has processors, at most four. */
export function createSinkPool(options: SinkPoolOptions = {}): SinkPool {
  // Windows refuses a second handle to write to a file that is locked, so its files stay with one thread.
  const usable = Deno.build.os === "windows" ? 0 : Math.min(navigator.hardwareConcurrency, THREADS_MOST);
  const most = options.threads ?? usable;
  const threads: HashThread[] = [];
  const choose = (): HashThread => {
    const idlest = threads.reduce<HashThread | undefined>(
      (best, one) => best === undefined || one.blobs < best.blobs ? one : best,
      undefined,
    );
    if (idlest !== undefined && (idlest.blobs === 0 || threads.length >= most)) return idlest;
    const made = new HashThread();
    threads.push(made);
    return made;
  };
  const left = (thread: HashThread): void => {
    thread.blobs--;
    if (threads.some((one) => one.blobs > 0)) return;
    for (const one of threads.splice(0)) one.end();
  };
  return {
    open: async (target) => {
      if (most > 0 && target.size !== undefined && target.size >= THREAD_BYTES) {
        const sink = await threadSink(choose, left, target);
        if (sink !== undefined) return sink;
      }
      return await inlineSink(target.file, target.algorithm, target.kept);
    },
  };
}

async function threadSink(
  choose: () => HashThread,
  left: (thread: HashThread) => void,
  { file, path, algorithm, kept }: SinkTarget,
): Promise<Sink | undefined> {
  let thread: HashThread;
  try {
    thread = choose();
  } catch {
    return undefined;
  }
  thread.blobs++;
  const id = thread.nextId++;
  const flusher = createFlusher(file, FLUSH_BYTES);
  let open = true;
  const release = async (): Promise<void> => {
    if (!open) return;
    open = false;
    thread.send({ id, verb: "release" });
    left(thread);
    await flusher.settled();
  };
  try {
    await thread.ask({ id, verb: "open", path, algorithm, kept });
  } catch {
    await release();
    return undefined;
  }
  return {
    write: async (buffer, length) => {
      const answer = await thread.ask({ id, verb: "write", buffer, length }, [buffer]);
      if (!("buffer" in answer)) throw new Error("a hashing thread gave no buffer");
      flusher.wrote(length);
      return answer.buffer;
    },
    finish: async () => {
      await flusher.end();
      const answer = await thread.ask({ id, verb: "finish" });
      if (!("encoded" in answer)) throw new Error("a hashing thread gave no digest");
      return `${algorithm}:${answer.encoded}`;
    },
    release,
  };
}

/** One thread; answers come back in the order of the requests of a blob. */
class HashThread {
  /** Blobs that it has open. */
  blobs = 0;
  /** Number of the next blob. */
  nextId = 1;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<SinkAnswer>[]>();
  #failure: Error | undefined;

  constructor() {
    this.#worker = new Worker(workerAddress(), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<SinkAnswer>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`a hashing thread failed: ${event.message}`));
    };
    this.#worker.onmessageerror = () => this.#fail(new Error("a hashing thread sent what cannot be read"));
  }

  ask(request: SinkRequest, transfer: Transferable[] = []): Promise<SinkAnswer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = Promise.withResolvers<SinkAnswer>();
    const queue = this.#waiting.get(request.id);
    if (queue === undefined) this.#waiting.set(request.id, [answer]);
    else queue.push(answer);
    this.#worker.postMessage(request, transfer);
    return answer.promise;
  }

  send(request: SinkRequest): void {
    if (this.#failure === undefined) this.#worker.postMessage(request);
  }

  end(): void {
    this.#worker.terminate();
  }

  #take(answer: SinkAnswer): void {
    const queue = this.#waiting.get(answer.id);
    const asked = queue?.shift();
    if (queue?.length === 0) this.#waiting.delete(answer.id);
    if (!("failure" in answer)) return asked?.resolve(answer);
    const { message, code } = answer.failure;
    asked?.reject(Object.assign(new Error(message), { code }));
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const asked of [...this.#waiting.values()].flat()) asked.reject(error);
    this.#waiting.clear();
  }
}
