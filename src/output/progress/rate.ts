/** Milliseconds over which a rate is averaged. */
const WINDOW = 5000;
/** Milliseconds between samples that are kept. */
const APART = 200;
/** Milliseconds before anything is said: the first pieces of a transfer tell nothing. */
const LEAST = 400;

/** How fast a count grows: the average over the last five seconds. It is told the count now and then, not every change. */
export class Rate {
  readonly #samples: { time: number; count: number }[];
  #last: { time: number; count: number };

  /** A count that begins now. */
  constructor(time: number, count = 0) {
    this.#last = { time, count };
    this.#samples = [this.#last];
  }

  /** Notes the count. */
  sample(time: number, count: number): void {
    const newest = this.#samples.at(-1)!;
    this.#last = { time, count };
    if (time - newest.time >= APART) this.#samples.push(this.#last);
    while (this.#samples.length > 1 && this.#samples[1]!.time <= time - WINDOW) this.#samples.shift();
  }

  /** Growth a second, undefined while it is too early to say. A count that went back does not grow. */
  get perSecond(): number | undefined {
    const first = this.#samples[0]!;
    const milliseconds = this.#last.time - first.time;
    if (milliseconds < LEAST) return undefined;
    return Math.max(0, this.#last.count - first.count) / milliseconds * 1000;
  }
}
