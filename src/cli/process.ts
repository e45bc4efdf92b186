/**
 * The real process as a run needs it.
 *
 * @module
 */
import process from "node:process";
import { outputStream } from "../output/streams.ts";
import type { Clock } from "../plugin.ts";
import type { CliOptions } from "./run.ts";
import type { StopSignal } from "./signals.ts";

/** What a run takes from the process; plugins and services come from who starts it. */
export type ProcessOptions = Omit<CliOptions, "plugins" | "services">;

/** The process that runs now. */
export function currentProcess(): ProcessOptions {
  return {
    args: Deno.args,
    argv0: process.argv0,
    env: (name) => Deno.env.get(name),
    stdout: outputStream(Deno.stdout),
    stderr: outputStream(Deno.stderr),
    columns: () => {
      try {
        return Deno.consoleSize().columns;
      } catch {
        return undefined; // No terminal, or one that does not know.
      }
    },
    terminal: {
      isInteractive: () => Deno.stdin.isTerminal(),
      stdin: () => Deno.stdin.readable,
      read: (buffer) => Deno.stdin.read(buffer),
      setRaw: (raw) => Deno.stdin.setRaw(raw),
      show: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    },
    clock: systemClock(),
    signals: (listener) => {
      const names: StopSignal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
      const listeners = names.map((name) => [name, () => listener(name)] as const);
      for (const [name, heard] of listeners) Deno.addSignalListener(name, heard);
      return () => {
        for (const [name, heard] of listeners) Deno.removeSignalListener(name, heard);
      };
    },
    exitNow: (code) => Deno.exit(code),
  };
}

/** The system's time. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stopped = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", stopped);
          resolve();
        }, milliseconds);
        signal?.addEventListener("abort", stopped, { once: true });
      }),
  };
}
