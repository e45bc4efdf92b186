/**
 * Questions to the person at the terminal.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/** The terminal as prompts need it. */
export interface Terminal {
  /** True when a person can answer: standard input is a terminal. */
  isInteractive(): boolean;
  /** Standard input as a stream. */
  stdin(): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Reads some bytes of standard input into `buffer`; null at its end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Turns echo and line editing of the terminal off and on. */
  setRaw(raw: boolean): void;
  /** Shows text to the person, not on standard output. */
  show(text: string): void;
}

const CONTROL = { interrupt: 3, end: 4, backspace: 8, newline: 10, return: 13, killLine: 21, delete: 127 } as const;

/**
 * Asks and gives the line that was typed, without its end; `secret` does not show it.
 *
 * @throws {FerryError} ARGUMENT_MISSING where there is no terminal, INTERRUPTED at Ctrl-C
 */
export async function ask(
  terminal: Terminal,
  question: string,
  options: { readonly secret?: boolean } = {},
): Promise<string> {
  if (!terminal.isInteractive()) {
    throw new FerryError("ARGUMENT_MISSING", `Nobody can answer "${question.trim()}": standard input is no terminal`, {
      hint: "give the value with a flag, a password with --pass-stdin",
    });
  }
  terminal.show(question);
  if (options.secret !== true) return await readLine(terminal);
  terminal.setRaw(true);
  try {
    return await readLine(terminal);
  } finally {
    terminal.setRaw(false);
    terminal.show("\n");
  }
}

/** Reads byte by byte, so that nothing behind the line's end is taken from what reads next. */
async function readLine(terminal: Terminal): Promise<string> {
  const typed: number[] = [];
  const buffer = new Uint8Array(1);
  while (await terminal.read(buffer) !== null) {
    const byte = buffer[0]!;
    if (byte === CONTROL.newline || byte === CONTROL.return || byte === CONTROL.end) break;
    if (byte === CONTROL.interrupt) {
      throw new FerryError("INTERRUPTED", "Stopped by Ctrl-C: nothing was changed");
    }
    if (byte === CONTROL.backspace || byte === CONTROL.delete) {
      while (typed.length > 0 && (typed.pop()! & 0xc0) === 0x80);
    } else if (byte === CONTROL.killLine) typed.length = 0;
    else typed.push(byte);
  }
  return new TextDecoder().decode(new Uint8Array(typed));
}
