/**
 * Hashes a large blob in a thread of its own, while the thread that reads it hands its pieces on: the hash is what takes longest.
 *
 * @module
 */
import type { createHash, Hash } from "node:crypto";
import { type Digest, DigestVerifier } from "../oci/digest.ts";

/** Bytes from which a blob is worth a thread. */
const THREAD_BYTES = 16 << 20;

/** Bytes that wait for the thread at most. */
const AHEAD_MOST = 8 << 20;

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

/** What the thread says: bytes that it has hashed, or at the end the digest. */
type Said = number | string;

class HashThread implements PieceHasher {
  readonly #algorithm: string;
  readonly #worker: Worker;
  readonly #encoded = Promise.withResolvers<string>();
  #ahead = 0;
  #room: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(algorithm: string) {
    // What it cannot hash fails here and not there.
    new DigestVerifier(algorithm);
    this.#algorithm = algorithm;
    this.#worker = new Worker(threadAddress(), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Said>) => {
      if (typeof data === "string") return this.#encoded.resolve(data);
      this.#ahead -= data;
      this.#room?.();
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Error(`a hashing thread failed: ${event.message}`);
      this.#encoded.reject(this.#failure);
      this.#room?.();
    };
    this.#encoded.promise.catch(() => {});
    this.#worker.postMessage(algorithm);
  }

  async update(piece: Uint8Array): Promise<void> {
    const copy = piece.slice();
    this.#ahead += copy.byteLength;
    this.#worker.postMessage(copy, [copy.buffer]);
    while (this.#ahead > AHEAD_MOST && this.#failure === undefined) {
      await new Promise<void>((resolve) => this.#room = resolve);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async digest(): Promise<Digest> {
    this.#worker.postMessage(null);
    return `${this.#algorithm}:${await this.#encoded.promise}`;
  }

  end(): void {
    this.#worker.terminate();
  }
}

interface ThreadScope {
  onmessage: ((event: MessageEvent<string | Uint8Array | null>) => void) | null;
  postMessage(said: Said): void;
}

/** Made from the text of a function, so that the thread needs no file beside a bundle: it must not use anything from outside. */
function threadAddress(): string {
  const program = `import { createHash } from "node:crypto";\n(${serve.toString()})(globalThis, createHash);`;
  return `data:application/javascript,${encodeURIComponent(program)}`;
}

function serve(scope: ThreadScope, make: typeof createHash): void {
  let hash: Hash | undefined;
  scope.onmessage = ({ data }) => {
    if (typeof data === "string") hash = make(data);
    else if (data === null) scope.postMessage(hash!.digest("hex"));
    else {
      hash!.update(data);
      scope.postMessage(data.byteLength);
    }
  };
}
