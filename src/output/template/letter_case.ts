/**
 * lower, upper and title as Go has them: each character by its simple mapping, so that `ß` stays and no length changes.
 *
 * @module
 */
import { isAscii } from "./bytes.ts";

const LETTER_OR_DIGIT = /^[\p{L}\p{Nd}_]$/u;
const SPACE = /^[\p{White_Space}]$/u;
const TITLE: ReadonlyMap<string, string> = new Map(
  [["Ǆ", "ǅ"], ["ǆ", "ǅ"], ["ǅ", "ǅ"], ["Ǉ", "ǈ"], ["ǉ", "ǈ"], ["ǈ", "ǈ"], ["Ǌ", "ǋ"], ["ǌ", "ǋ"], ["ǋ", "ǋ"]].concat(
    [["Ǳ", "ǲ"], ["ǳ", "ǲ"], ["ǲ", "ǲ"]],
  ) as [string, string][],
);

/** Lower case. */
export function lower(text: string): string {
  return isAscii(text) ? text.toLowerCase() : Array.from(text, lowerOne).join("");
}

/** Upper case. */
export function upper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : Array.from(text, upperOne).join("");
}

/** Upper case for the first letter of each word. */
export function title(text: string): string {
  let previous = " ";
  let out = "";
  for (const character of text) {
    out += isSeparator(previous) ? TITLE.get(character) ?? upperOne(character) : character;
    previous = character;
  }
  return out;
}

function lowerOne(character: string): string {
  if (character === "\u0130") return "i";
  const mapped = character.toLowerCase();
  return isOne(mapped) ? mapped : character;
}

function upperOne(character: string): string {
  const mapped = character.toUpperCase();
  if (isOne(mapped)) return mapped;
  const code = character.codePointAt(0)!;
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? String.fromCodePoint(code + 9) : character;
}

function isOne(text: string): boolean {
  return text.length === 1 || (text.length === 2 && text.codePointAt(0)! > 0xffff);
}

/** Go's strings.Title: ASCII letters, digits and underscores join words, beyond ASCII all but white space does. */
function isSeparator(character: string): boolean {
  if (character < "\x80") return !/^[A-Za-z0-9_]$/.test(character);
  return !LETTER_OR_DIGIT.test(character) && SPACE.test(character);
}
