/**
 * What the jobs of a run change, told to all of them: what one has read ahead may no longer hold after another's work.
 *
 * @module
 */
import type { Reference } from "../../../src/mod.ts";

/** Tells of changes. */
export class Changes {
  readonly #listeners = new Set<(changed: Reference) => void>();

  /** Calls `listener` after each change, with a reference into the repository, until it is told to stop. */
  listen(listener: (changed: Reference) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something in a repository was changed. */
  tell(changed: Reference): void {
    for (const listener of this.#listeners) listener(changed);
  }
}
