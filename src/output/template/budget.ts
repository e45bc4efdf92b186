/**
 * Bounds of a run, so that no template runs for ever or fills memory.
 *
 * @module
 */

/** Most characters of a result, and of any text made on the way. */
export const MAX_OUTPUT: number = 16 * 1024 * 1024;
/** Most templates inside one another. */
export const MAX_DEPTH = 1000;
/** Most steps: a node, an iteration, a call, or 64 characters of text that a function goes through. */
const MAX_STEPS = 5_000_000;
const CHARACTERS_PER_STEP = 64;

/** Counts the work of one run. */
export class Budget {
  #steps = 0;

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
}
