/**
 * What was seen at targets, kept in a file between runs so that targets need not be asked again. Safe to lose: without it more is asked.
 *
 * @module
 */
import { type Clock, digestOf, FerryError, type Log, writeFile } from "../../../src/mod.ts";

/** How a target was last seen. */
export interface Seen {
  /** Digest of the source then. */
  readonly source: string;
  /** Digest of the target then: what a copy of that source gives. */
  readonly target: string;
  /** What else decides what a copy gives: the source's name, platforms and the like. */
  readonly how: string;
  /** When the target was asked, or written; seconds since 1970. */
  readonly at: number;
}

/** Time in milliseconds for which targets are trusted, unless told. */
export const TRUST: number = 24 * 60 * 60_000;
/** Most bytes of a state file that are read. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Targets as they were last seen. */
export class SyncState {
  readonly #pairs = new Map<string, Seen>();
  readonly #clock: Clock;
  readonly #trust: number;
  readonly #kept: boolean;
  #changed = false;

  /** `trust` is for how many milliseconds a target need not be asked, 0: it always is; `kept` says that there is a file. */
  constructor(clock: Clock, trust: number, kept: boolean) {
    this.#clock = clock;
    this.#trust = trust;
    this.#kept = kept;
  }

  /** Reads a file. One that is missing or broken is as good as an empty one. */
  static async open(path: string | undefined, clock: Clock, trust: number, log: Log): Promise<SyncState> {
    const state = new SyncState(clock, path === undefined ? 0 : trust, path !== undefined);
    if (path === undefined) return state;
    try {
      if ((await Deno.stat(path)).size > MOST_BYTES) throw new Error("it is too large");
      state.#read(JSON.parse(await Deno.readTextFile(path)));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        log.warn("State is not used", { file: path, error: error instanceof Error ? error.message : String(error) });
      }
    }
    return state;
  }

  /** How a target was last seen. */
  seen(target: string): Seen | undefined {
    return this.#pairs.get(target);
  }

  /**
   * True when a target was seen so lately that it need not be asked. Each target has a time of its own between three quarters and all
   * of the trust, so that not all are asked anew in the same run.
   */
  trusts(target: string): boolean {
    const seen = this.#pairs.get(target);
    if (seen === undefined || this.#trust <= 0) return false;
    const age = this.#clock.now() - seen.at * 1000;
    const share = parseInt(digestOf(new TextEncoder().encode(target)).slice(-4), 16) / 0xffff;
    return age >= 0 && age < this.#trust * (0.75 + share / 4);
  }

  /** Notes what a target names now, where that can be of use: for a later run, or to know what a copy of platforms gives. */
  note(target: string, seen: Omit<Seen, "at">): void {
    if (!this.#kept && seen.how === "") return;
    this.#pairs.set(target, { ...seen, at: Math.floor(this.#clock.now() / 1000) });
    this.#changed = true;
  }

  /** Forgets a target. */
  forget(target: string): void {
    if (this.#pairs.delete(target)) this.#changed = true;
  }

  /**
   * Writes the file where there is something new.
   *
   * @throws {FerryError} IO
   */
  async save(path: string | undefined): Promise<void> {
    if (path === undefined || !this.#changed) return;
    this.#changed = false;
    const text = JSON.stringify({ version: 1, targets: Object.fromEntries(this.#pairs) });
    await writeFile(path, new TextEncoder().encode(text));
  }

  #read(value: unknown): void {
    const { version, targets } = value as { version?: unknown; targets?: unknown };
    if (version !== 1 || typeof targets !== "object" || targets === null) {
      throw new FerryError("CONFIG_INVALID", "it has another form");
    }
    for (const [name, seen] of Object.entries(targets as Record<string, Partial<Seen>>)) {
      const { at, how, source, target } = seen;
      if (
        typeof source === "string" && typeof target === "string" && typeof how === "string" && typeof at === "number"
      ) this.#pairs.set(name, { source, target, how, at });
    }
  }
}
