/**
 * Runs command lines inside the test: arguments and standard input go in, both outputs and the exit code come out.
 *
 * @module
 */
import assert from "node:assert/strict";
import { plugins } from "../../plugins/mod.ts";
import { type CliOptions, runCli } from "../../src/cli/run.ts";
import { builtInServices } from "../../src/cli/services.ts";
import type { StopSignal } from "../../src/cli/signals.ts";
import { ClosedPipe, type OutputStream } from "../../src/output/streams.ts";

/** How to run a command line. */
export interface RunOptions {
  /** Standard input. */
  readonly stdin?: string | Uint8Array;
  /** Environment; HOME is set to a folder that does not exist unless given. */
  readonly env?: Readonly<Record<string, string>>;
  /** Name that the program is called by. */
  readonly argv0?: string;
  /** Standard error is a terminal. */
  readonly terminal?: boolean;
  /** Standard output is closed by its reader after so many bytes. */
  readonly closeAfter?: number;
  /** Given the function that sends a signal. */
  readonly onStart?: (send: (signal: StopSignal) => void) => void;
  /** Other things to replace. */
  readonly options?: Partial<CliOptions>;
}

/** What a command line gave. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Exit codes with which the process was ended at once. */
  readonly exits: readonly number[];
}

/** Runs a command line; words may hold blanks when given as a list. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const stdout = sink(options.closeAfter);
  const stderr = sink(undefined, options.terminal);
  const exits: number[] = [];
  const input = new TextEncoder();
  const code = await runCli({
    plugins,
    services: builtInServices(),
    args,
    argv0: options.argv0 ?? "ferry",
    env: (name) => ({ HOME: "/nonexistent", ...options.env })[name],
    stdout: stdout.stream,
    stderr: stderr.stream,
    terminal: {
      isInteractive: () => false,
      stdin: () =>
        ReadableStream.from([
          typeof options.stdin === "string" ? input.encode(options.stdin) : new Uint8Array(options.stdin ?? []),
        ]),
      read: () => Promise.resolve(null),
      setRaw: () => {},
      show: (text) => stderr.stream.writeSync(input.encode(text)),
    },
    clock: {
      now: () => Date.UTC(2024, 0, 1),
      sleep: (_milliseconds, signal) => new Promise((resolve) => resolve(signal?.throwIfAborted())),
    },
    signals: (listener) => {
      options.onStart?.(listener);
      return () => {};
    },
    exitNow: (code) => void exits.push(code),
    ...options.options,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text(), exits };
}

/** Runs a command line that must succeed and say nothing on standard error but what was copied; gives its standard output. */
export async function output(...args: string[]): Promise<string> {
  const { code, stderr, stdout } = await run(args);
  assert.deepEqual({ code, stderr: withoutClosing(stderr) }, { code: 0, stderr: "" }, args.join(" "));
  return stdout;
}

/** Standard error without the line that says what was copied. */
export function withoutClosing(stderr: string): string {
  return stderr.replace(/^Copied .*\n/m, "");
}

/** Runs a command line that must fail; gives its exit code and standard error. */
export async function failure(args: readonly string[], options: RunOptions = {}): Promise<[number, string]> {
  const { code, stderr, stdout } = await run(args, options);
  assert.equal(stdout, "", args.join(" "));
  return [code, stderr];
}

function sink(closeAfter = Infinity, isTerminal = false): { readonly stream: OutputStream; text(): string } {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const take = (bytes: Uint8Array) => {
    if (size >= closeAfter) throw new ClosedPipe("Nobody reads");
    size += bytes.byteLength;
    pieces.push(bytes.slice());
  };
  return {
    stream: {
      isTerminal,
      write: (bytes) => Promise.resolve().then(() => take(bytes)),
      writeSync: take,
    },
    text: () => new TextDecoder().decode(new Uint8Array(pieces.flatMap((piece) => [...piece]))),
  };
}
