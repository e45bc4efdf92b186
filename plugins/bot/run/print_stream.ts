/**
 * What scripts print, as a stream. Pieces are gathered, and a script that prints faster than anybody reads waits.
 *
 * @module
 */

/** Bytes that are gathered before they go on. */
const GATHERED = 16_384;
/** Bytes that may wait for a reader. */
const WAITING = 1 << 20;

/** A stream that is written to. */
export class PrintStream {
  /** The stream. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;
  #flushing = false;
  #over = false;
  #wake: (() => void) | undefined;

  /** `onCancel` is called when nobody reads any more. */
  constructor(onCancel: (reason: unknown) => void) {
    this.stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        this.#wake?.();
        this.#wake = undefined;
      },
      cancel: (reason) => {
        this.#over = true;
        this.#wake?.();
        onCancel(reason);
      },
    }, { highWaterMark: WAITING, size: (piece) => piece.byteLength });
  }

  /** Adds bytes. */
  write(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#pieces.push(new Uint8Array(bytes));
    this.#size += bytes.byteLength;
    if (this.#size >= GATHERED) this.#flush();
    else if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(() => this.#flush());
    }
  }

  /** Resolves when there is room for more. */
  async drained(): Promise<void> {
    this.#flush();
    if (this.#over || (this.#controller.desiredSize ?? 1) > 0) return;
    await new Promise<void>((resolve) => this.#wake = resolve);
  }

  /** Ends the stream, with an error where there is one. */
  end(error?: unknown): void {
    this.#flush();
    if (this.#over) return;
    this.#over = true;
    if (error === undefined) this.#controller.close();
    else this.#controller.error(error);
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#size === 0 || this.#over) return;
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    this.#pieces = [];
    this.#size = 0;
    this.#controller.enqueue(bytes);
  }
}
