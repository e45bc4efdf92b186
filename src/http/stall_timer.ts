/**
 * Notices what stands still, with one timer for everything: the runtime keeps what a timer's callback refers to until the next full
 * collection, also when the timer was cleared. With a timer for each request, memory would fill with requests that are over.
 *
 * @module
 */

/** Looks at what waits, several times within the time that it may take. */
export class StallTimer {
  /** Milliseconds after which something is given up. */
  readonly milliseconds: number;
  readonly #keepsAlive: boolean;
  readonly #waiting = new Set<(now: number) => void>();
  #timer: number | undefined;

  /** With `keepsAlive` the process does not end while something waits. */
  constructor(milliseconds: number, keepsAlive = true) {
    this.milliseconds = milliseconds;
    this.#keepsAlive = keepsAlive;
  }

  /** Calls `look` with the time (milliseconds since 1970) again and again, until what is given back is called. */
  watch(look: (now: number) => void): () => void {
    this.#waiting.add(look);
    if (this.#timer === undefined) this.#start();
    return () => {
      if (!this.#waiting.delete(look) || this.#waiting.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Calls `late` when the time is up, unless what is given back is called before. */
  limit(late: () => void): () => void {
    const due = Date.now() + this.milliseconds;
    const end = this.watch((now) => {
      if (now < due) return;
      end();
      late();
    });
    return end;
  }

  #start(): void {
    this.#timer = setInterval(() => {
      const now = Date.now();
      for (const look of this.#waiting) look(now);
    }, Math.min(1000, this.milliseconds / 4));
    if (!this.#keepsAlive) Deno.unrefTimer(this.#timer);
  }
}
