/**
 * How many columns of a terminal a text takes, and texts cut to fit.
 *
 * @module
 */

/** East Asian Wide and Fullwidth (UAX 11), as far as names and emoji use them. */
const WIDE = new RegExp(
  "[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe10-\\ufe19" +
    "\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6\\u{17000}-\\u{18aff}\\u{1b000}-\\u{1b2ff}\\u{1f200}-\\u{1f2ff}" +
    "\\u{20000}-\\u{3fffd}\\p{Emoji_Presentation}]",
  "u",
);
/** Marks, joiners and variation selectors take no column of their own. */
const NONE = /[\p{M}\p{Cf}\u1160-\u11ff]/u;
const ASCII = /^[\x20-\x7e]*$/;

/** Columns of a text without control characters. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** The text cut to at most so many columns, with `~` at its end where something is missing. */
export function fitWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns <= 0) return "";
  let fitted = "";
  let width = 0;
  for (const char of text) {
    width += charWidth(char);
    if (width > columns - 1) break;
    fitted += char;
  }
  return `${fitted}~`;
}

/** The text without what could steer a terminal: control, format and unassigned characters become `?`. */
export function plainText(text: string): string {
  return ASCII.test(text) ? text : text.replace(/\p{C}/gu, "?");
}

function charWidth(char: string): number {
  if (char < "\x7f") return 1;
  if (NONE.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}
