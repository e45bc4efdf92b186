/**
 * JSON as text: indented token by token, so that order, unknown fields, numbers and escapes stay as they are.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/** Deep nesting makes the result many times larger than the text; both bounds keep a hostile text from filling memory. */
const MAX_DEPTH = 10_000;
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Runs of text that are copied as they are: blanks, a mark, or anything else up to one. */
const PLAIN = /[^\s{}[\],:"]+/y;

/**
 * Indents JSON text by two spaces; `{}` and `[]` stay on one line. Numbers of any length and string escapes are kept
 * as written. The result has no line end at its end.
 *
 * @throws {FerryError} MANIFEST_INVALID where it is no JSON text, MANIFEST_TOO_LARGE where the result would be
 *
 * @example
 * ```ts
 * import { indentJson } from "./json_text.ts";
 * if (indentJson('{"n":12345678901234567890}') !== '{\n  "n": 12345678901234567890\n}') throw new Error("changed");
 * ```
 */
export function indentJson(raw: Uint8Array | string): string {
  const text = typeof raw === "string" ? raw : decode(raw);
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new FerryError("MANIFEST_INVALID", `JSON text is not valid: ${words(cause)}`, { cause });
  }
  const plain = new RegExp(PLAIN);
  let [out, line, depth] = ["", "\n", 0];
  for (let at = 0; at < text.length;) {
    const character = text[at]!;
    let end = at + 1;
    if (character === '"') {
      end = endOfString(text, at);
      out += text.slice(at, end);
    } else if (character === "{" || character === "[") {
      const close = /\S/g;
      close.lastIndex = end;
      const next = close.exec(text)!;
      if (next[0] === "}" || next[0] === "]") {
        out += character + next[0];
        end = next.index + 1;
      } else {
        if (++depth > MAX_DEPTH) throw tooLarge(`is nested deeper than ${MAX_DEPTH}`);
        line = "\n" + "  ".repeat(depth);
        out += character + line;
      }
    } else if (character === "}" || character === "]") {
      line = "\n" + "  ".repeat(--depth);
      out += line + character;
    } else if (character === ",") {
      out += "," + line;
    } else if (character === ":") {
      out += ": ";
    } else {
      plain.lastIndex = at;
      const run = plain.exec(text)?.[0] ?? "";
      out += run;
      if (run !== "") end = at + run.length;
    }
    if (out.length > MAX_CHARACTERS) throw tooLarge(`would be longer than ${MAX_CHARACTERS} characters`);
    at = end;
  }
  return out;
}

/** Index after the closing quote of the string that opens at `at`; the text is known to be valid. */
function endOfString(text: string, at: number): number {
  for (let end = at + 1;;) {
    const quote = text.indexOf('"', end);
    let back = quote;
    while (text[back - 1] === "\\") back--;
    if ((quote - back) % 2 === 0) return quote + 1;
    end = quote + 1;
  }
}

function decode(raw: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch (cause) {
    throw new FerryError("MANIFEST_INVALID", "JSON text is not valid: it is not UTF-8", { cause });
  }
}

function words(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function tooLarge(what: string): FerryError {
  return new FerryError("MANIFEST_TOO_LARGE", `JSON text cannot be indented: it ${what}`);
}
