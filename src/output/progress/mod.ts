/**
 * Shows the progress of the copies of a run, any number of them at a time.
 *
 * @module
 */
import type { CopyEvent } from "../../copy/event.ts";
import { jsonView } from "./json_view.ts";
import { plainView } from "./plain_view.ts";
import { Tally } from "./tally.ts";
import { ttyView } from "./tty_view.ts";
import type { RunOutcome, View, ViewOptions } from "./view.ts";
import { count } from "./words.ts";

export type { ScreenSize } from "./screen.ts";
export type { RunOutcome } from "./view.ts";

/** Calls `work` again and again, so many milliseconds apart, until the function that it gives back is called. */
export type Every = (milliseconds: number, work: () => void) => () => void;

/** How progress is shown. */
export interface ProgressOptions extends Omit<ViewOptions, "tally"> {
  /** Way to show it. */
  readonly mode: "tty" | "plain" | "json";
  /** Regular calls. */
  readonly every: Every;
}

const VIEWS: Readonly<Record<ProgressOptions["mode"], (options: ViewOptions) => View>> = {
  tty: ttyView,
  plain: plainView,
  json: jsonView,
};

/** Progress that is shown. */
export class Progress {
  readonly #tally: Tally;
  readonly #view: View;
  readonly #every: Every;
  #stop: (() => void) | undefined;
  #paused = false;
  #closed = false;

  /** Shows nothing before the first event. */
  constructor(options: ProgressOptions) {
    this.#tally = new Tally(options.now);
    this.#view = VIEWS[options.mode]({ ...options, tally: this.#tally });
    this.#every = options.every;
  }

  /** Takes an event. */
  take(event: CopyEvent): void {
    if (event.type === "bytes") return this.#tally.take(event);
    if (this.#closed) return;
    this.#view.before?.(event);
    this.#tally.take(event);
    this.#stop ??= this.#every(this.#view.every, () => this.#tick());
  }

  /** Writes whole lines beside what is shown. */
  above(text: string): void {
    this.#view.above(text);
  }

  /** Takes away what must not stay, until {@linkcode resume}. */
  pause(): void {
    this.#paused = true;
    this.#view.clear();
  }

  /** Goes on with the next tick. */
  resume(): void {
    this.#paused = false;
  }

  /** Takes away what must not stay; nothing is shown any more. */
  close(): void {
    if (this.#closed) return;
    this.#end();
    this.#view.clear();
  }

  /** Says what was done. */
  finish(outcome: RunOutcome): void {
    if (this.#closed) return;
    this.#end();
    this.#view.finish(outcome);
  }

  /** What stays of a run that is stopped now, one line. */
  kept(): string {
    const { blobs, manifests } = this.#tally.total;
    const arrived = blobs.sent + blobs.mounted + blobs.linked;
    return `${count(arrived, "blob")} and ${count(manifests, "manifest")} that arrived whole are kept, ` +
      "run the command again to go on";
  }

  #tick(): void {
    this.#tally.sample();
    if (!this.#paused) this.#view.tick();
    if (this.#tally.running > 0) return;
    // Between copies nothing changes.
    this.#stop?.();
    this.#stop = undefined;
  }

  #end(): void {
    this.#closed = true;
    this.#stop?.();
    this.#stop = undefined;
  }
}
