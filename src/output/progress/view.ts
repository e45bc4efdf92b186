import type { CopyEvent } from "../../copy/event.ts";
import type { ScreenSize } from "./screen.ts";
import type { Tally } from "./tally.ts";

/** How a run ended. */
export type RunOutcome = "done" | "failed";

/** What a view writes with. */
export interface ViewOptions {
  /** Counts to show. */
  readonly tally: Tally;
  /** Writes text to standard error as it is. */
  readonly write: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** When the run began. */
  readonly started: number;
  /** Log lines are JSON objects, so that lines of progress are as well. */
  readonly jsonLogs: boolean;
  /** Colours are wanted. */
  readonly colours: boolean;
  /** Size of the terminal. */
  readonly size: () => ScreenSize;
}

/** A way to show progress. */
export interface View {
  /** Milliseconds between its ticks. */
  readonly every: number;
  /** Takes an event that the tally has not counted yet; those of bytes come often, and ticks tell of them. */
  before?(event: CopyEvent): void;
  /** Shows where things stand; the rates are up to date. */
  tick(): void;
  /** Writes text, whole lines, that others have to say. */
  above(text: string): void;
  /** Takes away what must not stay, without a word. */
  clear(): void;
  /** Says what was done; nothing follows. */
  finish(outcome: RunOutcome): void;
}
