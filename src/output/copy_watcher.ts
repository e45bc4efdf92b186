/**
 * Watches the copies of a run. What shows their progress is loaded with the first event, so that other commands start without it.
 *
 * @module
 */
import { wantsColours } from "./colours.ts";
import type { CopyEvent } from "../copy/event.ts";
import type { Every, Progress, RunOutcome } from "./progress/mod.ts";
import { type OutputStream, writeText } from "./streams.ts";

/** Ways to show progress. */
export type ProgressMode = "auto" | "tty" | "plain" | "json" | "none";

/** How copies are watched. */
export interface CopyWatcherOptions {
  /** Way to show progress; `auto` is `tty` on a terminal, else `plain`. */
  readonly mode: ProgressMode;
  /** Standard error. */
  readonly stderr: OutputStream;
  /** Log lines are JSON objects. */
  readonly jsonLogs: boolean;
  /** An environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Regular calls, by a timer unless given. */
  readonly every?: Every;
}

/** Watches the copies of one run. */
export interface CopyWatcher {
  /** Takes events; undefined when nobody watches, so that copies may take a faster way. */
  readonly onEvent: ((event: CopyEvent) => void) | undefined;
  /** Writes a line to standard error, beside what is shown there. */
  say(line: string): void;
  /** The stream, such that what is written to it and the bars on the same terminal leave each other alone. */
  beside(output: OutputStream): OutputStream;
  /** Ends the watch: says what was done, when anything was. */
  finish(outcome: RunOutcome): Promise<void>;
  /** Ends the watch at once, without a word; the terminal is as it was. */
  close(): void;
  /** What stays of a run that is stopped now, one line. */
  kept(): string;
}

/** What the process does not survive; the terminal gets its cursor back all the same. */
const CRASHES = ["error", "unhandledrejection"] as const;

/** Makes a watcher. */
export function createCopyWatcher(options: CopyWatcherOptions): CopyWatcher {
  const { env, now, stderr } = options;
  const mode = chooseMode(options);
  const started = now();
  const queue: CopyEvent[] = [];
  let progress: Progress | undefined;
  let loading: Promise<void> | undefined;
  let closed = false;
  const write = (text: string) => writeText(stderr, text);
  const load = async () => {
    const shown = await import("./progress/mod.ts");
    if (closed || mode === "none") return;
    progress = new shown.Progress({
      mode,
      write,
      now,
      started,
      jsonLogs: options.jsonLogs,
      colours: wantsColours(env, stderr.isTerminal),
      size: () => stderr.size?.() ?? sizeOf(env),
      every: options.every ?? byTimer,
    });
    for (const event of CRASHES) globalThis.addEventListener(event, close);
    for (const event of queue.splice(0)) progress.take(event);
  };
  const onEvent = (event: CopyEvent) => {
    if (progress !== undefined) return progress.take(event);
    queue.push(event);
    loading ??= load();
  };
  const say = (line: string) => {
    if (progress === undefined) write(`${line}\n`);
    else progress.above(`${line}\n`);
  };
  const close = () => {
    closed = true;
    progress?.close();
    for (const event of CRASHES) globalThis.removeEventListener(event, close);
  };
  return {
    onEvent: mode === "none" ? undefined : onEvent,
    say,
    beside: (output) => mode === "tty" && output.isTerminal ? besideBars(output, () => progress) : output,
    async finish(outcome) {
      await loading;
      if (!closed) progress?.finish(outcome);
      close();
    },
    close,
    kept: () => progress?.kept() ?? "what was already complete is kept, run the command again to go on",
  };
}

/** The way that is meant by `auto`, and the others as they are. */
function chooseMode({ env, jsonLogs, mode, stderr }: CopyWatcherOptions): Exclude<ProgressMode, "auto"> {
  if (mode !== "auto") return mode;
  return stderr.isTerminal && !jsonLogs && env("TERM") !== "dumb" ? "tty" : "plain";
}

/** Size of a terminal that does not tell: what the shell says, else that of old. */
function sizeOf(env: CopyWatcherOptions["env"]): { readonly columns: number; readonly rows: number } {
  const number = (name: string, otherwise: number) => {
    const text = env(name) ?? "";
    return /^[1-9]\d{0,4}$/.test(text) ? Number(text) : otherwise;
  };
  return { columns: number("COLUMNS", 80), rows: number("LINES", 24) };
}

function besideBars(output: OutputStream, progress: () => Progress | undefined): OutputStream {
  // Bars begin on a line of their own: they stay away until a line that was begun is ended.
  const hide = () => progress()?.pause();
  const show = (bytes: Uint8Array) => {
    if (bytes.at(-1) === 0x0a) progress()?.resume();
  };
  return {
    isTerminal: output.isTerminal,
    async write(bytes) {
      hide();
      await output.write(bytes);
      show(bytes);
    },
    writeSync(bytes) {
      hide();
      output.writeSync(bytes);
      show(bytes);
    },
  };
}

const byTimer: Every = (milliseconds, work) => {
  const timer = setInterval(work, milliseconds);
  return () => clearInterval(timer);
};
