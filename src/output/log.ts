/**
 * Log lines as Go's slog writes them: text (`time=... level=WARN msg="..." key=value`) or one JSON object a line.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Log } from "../plugin.ts";

/** Levels as numbers; between two of them lies room for `INFO+2`. */
export const LOG_LEVELS = { TRACE: -8, DEBUG: -4, INFO: 0, WARN: 4, ERROR: 8 } as const;

/** Where and how to log. */
export interface LogOptions {
  /** Least level that is written, a number as in {@linkcode LOG_LEVELS}. */
  readonly level: number;
  /** JSON objects instead of text. */
  readonly json: boolean;
  /** Takes each line, without its end. */
  readonly write: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Reads a level: a name in any case, with `+2` or `-1` behind it where wanted.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function parseLogLevel(text: string): number {
  const match = /^([a-z]+)([+-]\d{1,4})?$/i.exec(text);
  const name = match?.[1]?.toUpperCase();
  const level = name === "WARNING" ? LOG_LEVELS.WARN : LOG_LEVELS[name as keyof typeof LOG_LEVELS];
  if (level === undefined) {
    throw new FerryError("FLAG_INVALID", `Flag "--verbosity" cannot be "${text}"`, {
      hint: "use trace, debug, info, warn or error, or a step such as info+2",
    });
  }
  return level + Number(match?.[2] ?? 0);
}

/** Name of a level as lines show it: `WARN`, `INFO+2`. */
export function levelName(level: number): string {
  let name = "TRACE";
  let base: number = LOG_LEVELS.TRACE;
  for (const [known, at] of Object.entries(LOG_LEVELS)) {
    if (level >= at) [name, base] = [known, at];
  }
  const step = level - base;
  return step === 0 ? name : `${name}${step > 0 ? "+" : ""}${step}`;
}

/** Makes a log. */
export function createLog(options: LogOptions): Log {
  const line = options.json ? jsonLine : textLine;
  const at = (level: number) => (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
    if (level >= options.level) options.write(line(options.now(), level, message, fields));
  };
  return {
    trace: at(LOG_LEVELS.TRACE),
    debug: at(LOG_LEVELS.DEBUG),
    info: at(LOG_LEVELS.INFO),
    warn: at(LOG_LEVELS.WARN),
    error: at(LOG_LEVELS.ERROR),
  };
}

/** One line of text. */
export function textLine(
  now: number,
  level: number,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  let line = `time=${new Date(now).toISOString()} level=${levelName(level)} msg=${quoteIfNeeded(message)}`;
  for (const [key, value] of Object.entries(fields)) {
    const shown = shownValue(value);
    if (shown !== undefined) line += ` ${quoteIfNeeded(key)}=${quoteIfNeeded(fieldText(shown))}`;
  }
  return line;
}

/** One JSON object. */
export function jsonLine(
  now: number,
  level: number,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  const values = Object.entries(fields).map(([key, value]) => [key, plain(shownValue(value))]);
  return JSON.stringify({
    time: new Date(now).toISOString(),
    level: levelName(level),
    msg: message,
    ...Object.fromEntries(values),
  });
}

/** A field may be a function, so that what few lines show is not made for all: getters would cost each line a class of its own. */
function shownValue(value: unknown): unknown {
  return typeof value === "function" ? value() : value;
}

function fieldText(value: unknown): string {
  const shown = plain(value);
  return typeof shown === "object" && shown !== null ? JSON.stringify(shown) : String(shown);
}

/** A value that JSON can hold: a log line must not be what fails. */
function plain(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  try {
    JSON.stringify(value);
    return value;
  } catch {
    return String(value);
  }
}

/** slog quotes what is empty or has a blank, `=`, `"` or a character that cannot be printed. */
function quoteIfNeeded(text: string): string {
  return text !== "" && !/[\s"=\p{C}\p{Z}]/u.test(text) ? text : quote(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\v": "\\v",
};

function quote(text: string): string {
  const escaped = text.replace(/["\\]|(?! )[\p{C}\p{Z}]/gu, (char) => {
    const known = ESCAPES[char];
    if (known !== undefined) return known;
    const code = char.codePointAt(0)!;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}
