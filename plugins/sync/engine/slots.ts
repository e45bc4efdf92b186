/**
 * Places that are taken and given back: how much happens at a time.
 *
 * @module
 */

/** A number of places. First come, first served. */
export class Slots {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /** `most` places, at least one. */
  constructor(most: number) {
    this.#most = Math.max(1, most);
  }

  /** Takes a place, does the work, and gives the place back. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#most) this.#taken++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Who waits takes over the place itself.
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken--;
      else next();
    }
  }
}

/** Places for each of several names. */
export class NamedSlots {
  readonly #most: number;
  readonly #slots = new Map<string, Slots>();

  /** `most` places for each name. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a place of `name` for the work. */
  hold<T>(name: string, work: () => Promise<T>): Promise<T> {
    let slots = this.#slots.get(name);
    if (slots === undefined) this.#slots.set(name, slots = new Slots(this.#most));
    return slots.hold(work);
  }
}
