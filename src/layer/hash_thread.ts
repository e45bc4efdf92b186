/**
 * Hashes a large blob in a thread of its own, while the thread that reads it hands its pieces on: the hash is what takes longest.
 *
 * @module
 */
import type { createHash, Hash } from "node:crypto";
import { threadProgram } from "../file/thread_program.ts";
import { type Digest, DigestVerifier } from "../oci/digest.ts";

/** Bytes from which a blob is worth a thread. */
const THREAD_BYTES = 16 << 20;

/** Bytes of one message to the thread: smaller ones cost time, larger ones only memory. */
const BUFFER_BYTES = 256 << 10;

/** Buffers that go to and fro between the threads. */
const BUFFERS_MOST = 8;

/** Hashes pieces as they pass. */
export interface PieceHasher {
  /** Takes the next piece, which may be reused once it returns. */
  update(piece: Uint8Array): Promise<void> | void;
  /** Digest of all pieces. Once only. */
  digest(): Promise<Digest> | Digest;
  /** Gives up what it holds. */
  end(): void;
}

/** A hasher for a blob of `size` bytes, -1 where that is not known: with a thread for a large one. */
export function createPieceHasher(algorithm: string, size: number): PieceHasher {
  if (size >= THREAD_BYTES) {
    try {
      return new HashThread(algorithm);
    } catch {
      // No thread is to be had: this one does it.
    }
  }
  const verifier = new DigestVerifier(algorithm);
  return { update: (piece) => verifier.update(piece), digest: () => verifier.digest(), end: () => {} };
}

/** What the thread is told: the algorithm, bytes at the start of a buffer, or that there are no more. */
type Told = string | { readonly buffer: ArrayBuffer; readonly length: number } | null;

/** What the thread says: a buffer that it has hashed, or at the end the digest. */
type Said = ArrayBuffer | string;

class HashThread implements PieceHasher {
  readonly #algorithm: string;
  readonly #worker: Worker;
  readonly #encoded = Promise.withResolvers<string>();
  readonly #free: ArrayBuffer[] = [];
  #made = 0;
  #filling: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;
  #room: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(algorithm: string) {
    // What it cannot hash fails here and not there.
    new DigestVerifier(algorithm);
    this.#algorithm = algorithm;
    this.#worker = new Worker(threadProgram(serve), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Said>) => {
      if (typeof data === "string") return this.#encoded.resolve(data);
      this.#free.push(data);
      this.#room?.();
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Error(`a hashing thread failed: ${event.message}`);
      this.#encoded.reject(this.#failure);
      this.#room?.();
    };
    this.#encoded.promise.catch(() => {});
    this.#tell(algorithm);
  }

  async update(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.byteLength;) {
      const buffer = this.#filling ??= await this.#buffer();
      const part = piece.subarray(at, at + BUFFER_BYTES - this.#filled);
      buffer.set(part, this.#filled);
      this.#filled += part.byteLength;
      at += part.byteLength;
      if (this.#filled === BUFFER_BYTES) this.#send();
    }
  }

  async digest(): Promise<Digest> {
    this.#send();
    this.#tell(null);
    return `${this.#algorithm}:${await this.#encoded.promise}`;
  }

  end(): void {
    this.#worker.terminate();
  }

  /** An empty buffer, once the thread has one to spare. */
  async #buffer(): Promise<Uint8Array<ArrayBuffer>> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const free = this.#free.pop();
      if (free !== undefined) return new Uint8Array(free);
      if (this.#made < BUFFERS_MOST) {
        this.#made++;
        return new Uint8Array(BUFFER_BYTES);
      }
      await new Promise<void>((resolve) => this.#room = resolve);
    }
  }

  #send(): void {
    const buffer = this.#filling?.buffer;
    if (buffer === undefined) return;
    this.#tell({ buffer, length: this.#filled }, [buffer]);
    this.#filling = undefined;
    this.#filled = 0;
  }

  #tell(told: Told, transfer: Transferable[] = []): void {
    this.#worker.postMessage(told, transfer);
  }
}

interface ThreadScope {
  onmessage: ((event: MessageEvent<Told>) => void) | null;
  postMessage(said: Said, transfer?: Transferable[]): void;
}

function serve(scope: ThreadScope, make: typeof createHash): void {
  let hash: Hash | undefined;
  scope.onmessage = ({ data }) => {
    if (typeof data === "string") hash = make(data);
    else if (data === null) scope.postMessage(hash!.digest("hex"));
    else {
      hash!.update(new Uint8Array(data.buffer, 0, data.length));
      scope.postMessage(data.buffer, [data.buffer]);
    }
  };
}
