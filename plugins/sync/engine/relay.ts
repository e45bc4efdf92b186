/**
 * Hands values from those who find them to those who work on them; who finds too many waits.
 *
 * @module
 */

/** Values on their way. */
export class Relay<T> {
  readonly #values: T[] = [];
  readonly #takers: (() => void)[] = [];
  readonly #putters: (() => void)[] = [];
  #most: number;
  #ended = false;
  #dropped = false;

  /** `most` values may wait. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Values that wait. */
  get waiting(): readonly T[] {
    return this.#values;
  }

  /** True when nobody takes values any more. */
  get dropped(): boolean {
    return this.#dropped;
  }

  /** Any number of values may wait from now on. */
  widen(): void {
    this.#most = Infinity;
    this.#wake();
  }

  /** No further values come. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Nobody takes values any more: they are thrown away. */
  drop(): void {
    this.#dropped = true;
    this.#values.length = 0;
    this.#wake();
  }

  /** Puts a value; waits while there are too many. */
  async put(value: T): Promise<void> {
    while (this.#values.length >= this.#most && !this.#dropped) {
      await new Promise<void>((resolve) => this.#putters.push(resolve));
    }
    if (this.#dropped) return;
    this.#values.push(value);
    for (const taker of this.#takers.splice(0)) taker();
  }

  /** Waits for the next value and leaves it there; undefined when none comes. */
  async peek(): Promise<T | undefined> {
    while (this.#values.length === 0 && !this.#ended && !this.#dropped) {
      await new Promise<void>((resolve) => this.#takers.push(resolve));
    }
    return this.#values[0];
  }

  /** Takes the next value; undefined when none comes. */
  async take(): Promise<T | undefined> {
    while (await this.peek() !== undefined || this.#values.length > 0) {
      // Another may have been quicker.
      if (this.#values.length === 0) continue;
      const value = this.#values.shift();
      this.#putters.shift()?.();
      return value;
    }
    return undefined;
  }

  #wake(): void {
    for (const waiter of [...this.#takers.splice(0), ...this.#putters.splice(0)]) waiter();
  }
}
