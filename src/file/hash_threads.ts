/**
 * Hashes files in threads of their own, several at a time, and copies them on the way: hashing takes longest of all that is done with
 * large files, and bytes that stay in one thread are neither copied between threads nor waited for.
 *
 * @module
 */
import { type HashAnswer, hashProgram, type HashTask } from "./hash_program.ts";

/** Bytes in all from which threads are worth their start. */
const WORTH_BYTES = 32 << 20;

/** Bytes of one file from which it is better off in a thread. */
const EACH_BYTES = 1 << 20;

const THREADS_MOST = 4;

/** What a file could not be hashed for: reading it, or writing its bytes elsewhere. */
export class HashFailure extends Error {
  override readonly name = "HashFailure";

  /** Which side it was, and the code of the operating system, "" where there is none. */
  constructor(message: string, readonly side: "read" | "write", readonly code: string) {
    super(message);
  }
}

/** Options of {@linkcode HashThreads}. */
export interface HashThreadsOptions {
  /** Stops what is under way. */
  readonly signal?: AbortSignal | undefined;
  /** Most threads; as many as the machine has processors, at most four, unless given. */
  readonly threads?: number;
}

/** Threads that hash; they are started as they are needed, and end when it is disposed of. */
export class HashThreads implements Disposable {
  readonly #most: number;
  readonly #signal: AbortSignal | undefined;
  readonly #idle: Thread[] = [];
  readonly #waiting: ((thread: Thread) => void)[] = [];
  readonly #threads = new Set<Thread>();
  readonly #stop = () => this.#end();

  /** Starts nothing yet. */
  constructor({ signal, threads = Math.min(navigator.hardwareConcurrency, THREADS_MOST) }: HashThreadsOptions = {}) {
    this.#most = Math.max(1, threads);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#stop, { once: true });
  }

  /** Threads for files of these sizes; undefined where starting them takes longer than they save. */
  static worthFor(sizes: Iterable<number>, options: HashThreadsOptions = {}): HashThreads | undefined {
    let sum = 0;
    for (const size of sizes) if (HashThreads.takes(size)) sum += size;
    return sum >= WORTH_BYTES ? new HashThreads(options) : undefined;
  }

  /** True where a file of that size is better off in a thread, once there are threads. */
  static takes(size: number): boolean {
    return size >= EACH_BYTES;
  }

  /**
   * Hashes stretches of files as one, as soon as a thread is free; `onBytes` is told of bytes that are done.
   *
   * @returns the hash, hexadecimal
   * @throws {HashFailure} also where no thread can be had, as a failure to read; and the signal's reason
   */
  async hash(task: HashTask, onBytes?: (bytes: number) => void): Promise<string> {
    this.#signal?.throwIfAborted();
    const thread = await this.#take();
    try {
      this.#signal?.throwIfAborted();
      return await thread.run(task, onBytes);
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw error;
    } finally {
      this.#give(thread);
    }
  }

  /** Ends the threads; what is under way fails. */
  [Symbol.dispose](): void {
    this.#signal?.removeEventListener("abort", this.#stop);
    this.#end();
  }

  async #take(): Promise<Thread> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#threads.size >= this.#most) return await new Promise((resolve) => this.#waiting.push(resolve));
    const thread = new Thread();
    this.#threads.add(thread);
    return thread;
  }

  #give(thread: Thread): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(thread);
    else next(thread);
  }

  #end(): void {
    for (const thread of this.#threads) thread.end();
  }
}

class Thread {
  readonly #worker: Worker;
  #failure: HashFailure | undefined;
  #onBytes: ((bytes: number) => void) | undefined;
  #answer: PromiseWithResolvers<string> | undefined;

  constructor() {
    try {
      this.#worker = new Worker(hashProgram(), { type: "module" });
    } catch (cause) {
      throw new HashFailure(`no thread is to be had: ${(cause as Error).message}`, "read", "");
    }
    this.#worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
      if ("done" in data) this.#onBytes?.(data.done);
      else if ("encoded" in data) this.#answer?.resolve(data.encoded);
      else this.#answer?.reject(new HashFailure(data.failure.message, data.failure.side, data.failure.code));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(`a hashing thread failed: ${event.message}`);
    };
  }

  run(task: HashTask, onBytes: ((bytes: number) => void) | undefined): Promise<string> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#answer = Promise.withResolvers<string>();
    this.#onBytes = onBytes;
    this.#worker.postMessage(task);
    return this.#answer.promise;
  }

  end(): void {
    this.#worker.terminate();
    this.#fail("a hashing thread was ended");
  }

  #fail(message: string): void {
    this.#failure ??= new HashFailure(message, "read", "");
    this.#answer?.reject(this.#failure);
  }
}
