/**
 * Fetches small blobs ahead while others are written: an archive is one stream, and each blob by itself costs a way there and back.
 *
 * @module
 */
import type { Item } from "../layout_archive/collect.ts";

/** Most bytes of a blob that is fetched ahead. */
const SMALL = 256 * 1024;
/** Blobs that are fetched or held at a time: 4 MiB at most. */
const AHEAD = 16;

/** Items of which the small ones come from memory when their turn is there. Each is read once, in the order of the list. */
export class ReadAhead implements AsyncDisposable {
  /** The items. */
  readonly items: readonly Item[];
  readonly #waiting: Item[];
  readonly #fetched = new Map<Item, Promise<readonly Uint8Array[]>>();

  /** Nothing is fetched before the first item is read. */
  constructor(items: readonly Item[]) {
    this.#waiting = items.filter(({ kind, size }) => kind === "blob" && size >= 0 && size <= SMALL);
    this.items = items.map((item) => ({ ...item, read: () => this.#read(item) }));
  }

  async *#read(item: Item): AsyncGenerator<Uint8Array, void, undefined> {
    this.#fetch();
    const fetched = this.#fetched.get(item);
    if (fetched === undefined) return yield* item.read();
    yield* await fetched;
    this.#fetched.delete(item);
  }

  #fetch(): void {
    while (this.#fetched.size < AHEAD) {
      const item = this.#waiting.shift();
      if (item === undefined) return;
      const fetched = Array.fromAsync(item.read());
      // Whoever takes it is told; it may be nobody.
      fetched.catch(() => {});
      this.#fetched.set(item, fetched);
    }
  }

  /** Waits for what is still on its way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting.length = 0;
    await Promise.allSettled(this.#fetched.values());
  }
}
