/**
 * Watches a copy: events as JSON lines, or one line at its end.
 *
 * @module
 */
import type { CopyEvent } from "../copy/event.ts";
import { humanSize } from "./human_size.ts";

/** Ways to show progress. */
export type ProgressMode = "auto" | "tty" | "plain" | "json" | "none";

/** How a copy is watched. */
export interface CopyWatcherOptions {
  /** Way to show progress; `auto` is `tty` on a terminal, else `none`. */
  readonly mode: ProgressMode;
  /** True when standard error is a terminal. */
  readonly isTerminal: boolean;
  /** Takes lines for standard error, each without its end. */
  readonly write: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Watches the copies of one run. */
export interface CopyWatcher {
  /** Takes events; undefined when nobody watches, so that copies may take a faster way. */
  readonly onEvent: ((event: CopyEvent) => void) | undefined;
  /** Says what was done, when anything was. */
  finish(): void;
  /** What stays of a copy that is stopped now, one line. */
  kept(): string;
}

/** Makes a watcher. */
export function createCopyWatcher(options: CopyWatcherOptions): CopyWatcher {
  const mode = options.mode === "auto" ? (options.isTerminal ? "tty" : "none") : options.mode;
  const count = { manifests: 0, copied: 0, skipped: 0, bytes: 0 };
  const started = options.now();
  let seen = false;
  const onEvent = (event: CopyEvent) => {
    seen = true;
    if (mode === "json") options.write(JSON.stringify(event));
    if (event.type !== "done") return;
    if (event.kind === "manifest") count.manifests++;
    else if (event.outcome === "sent" || event.outcome === "mounted" || event.outcome === "linked") {
      count.copied++;
      if (event.outcome === "sent") count.bytes += event.size;
    } else count.skipped++;
  };
  return {
    onEvent: mode === "none" ? undefined : onEvent,
    finish() {
      if (!seen || mode === "json" || mode === "none") return;
      const seconds = Math.round((options.now() - started) / 1000);
      options.write(
        `Manifests: ${count.manifests} | Blobs: ${count.copied} copied (${humanSize(count.bytes)} sent), ` +
          `${count.skipped} skipped | Elapsed: ${seconds}s`,
      );
    },
    kept() {
      if (!seen) return "what was already complete is kept, run the command again to go on";
      return `${count.copied} blobs and ${count.manifests} manifests that arrived whole are kept, ` +
        "run the command again to go on";
    },
  };
}
