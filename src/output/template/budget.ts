/**
 * Bounds of a run, so that no template runs for ever or fills memory.
 *
 * @module
 */
import { type GoMap, isMap, sortedKeys, truth } from "./value.ts";

/** Most characters of a result, and of any text made on the way. */
export const MAX_OUTPUT: number = 16 * 1024 * 1024;
/** Most templates inside one another. */
export const MAX_DEPTH = 1000;
/** Most steps: a node, an iteration, a call, or 16 characters of text or elements of a list that a function goes through. */
const MAX_STEPS = 5_000_000;
const CHARACTERS_PER_STEP = 16;

/** Counts the work of one run, and keeps what is costly to find out again and again. */
export class Budget {
  #steps = 0;
  readonly #keys = new WeakMap<GoMap, readonly string[]>();

  /** Takes a step. */
  step(): void {
    if (++this.#steps > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps`);
  }

  /** Takes the steps for going through so many characters, and checks that text of that length may be made. */
  characters(count: number): void {
    if (count > MAX_OUTPUT) throw new Error(`text longer than ${MAX_OUTPUT} characters`);
    this.#steps += count / CHARACTERS_PER_STEP;
    this.step();
  }

  /** Keys of a map in Go's order; data does not change during a run. */
  keys(map: GoMap): readonly string[] {
    let keys = this.#keys.get(map);
    if (keys === undefined) {
      keys = sortedKeys(map);
      this.#keys.set(map, keys);
      this.characters(keys.length);
    }
    return keys;
  }

  /** What `if`, `and` and `or` take a value for. */
  truth(value: unknown): boolean {
    return typeof value === "object" && isMap(value) ? this.keys(value).length > 0 : truth(value);
  }
}
