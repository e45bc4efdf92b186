/** Progress on a fake terminal, with a clock that only the test moves. */
import type { CopyEvent, CopyName } from "../../src/copy/event.ts";
import { Progress, type ProgressOptions } from "../../src/output/progress/mod.ts";
import { FakeTerminal } from "./fake_terminal.ts";

/** A name of a copy. */
export function copyName(tag: string): CopyName {
  return { source: `a.example/app:${tag}`, target: `b.example/app:${tag}` };
}

/** A digest that begins with these letters. */
export function digest(letters: string): string {
  return `sha256:${letters.padEnd(64, "0")}`;
}

/** Progress that is shown on a fake terminal. */
export class Stage {
  readonly terminal: FakeTerminal;
  readonly progress: Progress;
  /** All that was written. */
  written = "";
  #now = Date.UTC(2024, 0, 1);
  #ticks: { readonly every: number; readonly work: () => void; due: number } | undefined;

  constructor(mode: ProgressOptions["mode"], columns = 80, rows = 12, options: Partial<ProgressOptions> = {}) {
    this.terminal = new FakeTerminal(columns, rows);
    this.progress = new Progress({
      mode,
      write: (text) => {
        this.written += text;
        this.terminal.write(text);
      },
      now: () => this.#now,
      started: this.#now,
      jsonLogs: false,
      colours: false,
      size: this.terminal.size,
      every: (milliseconds, work) => {
        const ticks = { every: milliseconds, work, due: this.#now + milliseconds };
        this.#ticks = ticks;
        return () => {
          if (this.#ticks === ticks) this.#ticks = undefined;
        };
      },
      ...options,
    });
  }

  /** True while somebody wants to be called regularly. */
  get ticking(): boolean {
    return this.#ticks !== undefined;
  }

  /** Lets time pass, with all the ticks in it. */
  wait(milliseconds: number): void {
    const end = this.#now + milliseconds;
    while (this.#ticks !== undefined && this.#ticks.due <= end) {
      this.#now = this.#ticks.due;
      this.#ticks.due += this.#ticks.every;
      this.#ticks.work();
    }
    this.#now = end;
  }

  /** Tells of events. */
  take(...events: CopyEvent[]): void {
    for (const event of events) this.progress.take(event);
  }

  /** Begins to move a blob. */
  begin(copy: CopyName, letters: string, size: number): void {
    this.take({ type: "found", copy, kind: "blob", digest: digest(letters), size });
    this.take({ type: "start", copy, kind: "blob", digest: digest(letters), size });
  }

  /** Moves bytes of a blob, evenly over a time. */
  move(copy: CopyName, letters: string, bytes: number, milliseconds = 0): void {
    const steps = Math.max(1, Math.floor(milliseconds / 100));
    for (let step = 0; step < steps; step++) {
      this.take({ type: "bytes", copy, digest: digest(letters), bytes: bytes / steps });
      this.wait(milliseconds / steps);
    }
  }

  /** A blob came to be at its target. */
  done(copy: CopyName, letters: string, size: number, outcome: "sent" | "exists" | "mounted" | "skipped"): void {
    this.take({ type: "done", copy, kind: "blob", digest: digest(letters), size, outcome });
  }
}
