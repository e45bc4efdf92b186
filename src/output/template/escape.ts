/**
 * html, js and urlquery (Go, text/template, "Functions").
 *
 * @module
 */
import { escapedByte, toBytes } from "./bytes.ts";
import { isPrintable } from "./quote.ts";

const HTML: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};
const JS: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

/** Each byte in a query. */
const QUERY: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9\-_.~]/.test(character)) return character;
  return byte === 32 ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

/** Text safe in HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (character) => HTML[character]!);
}

/** Text safe in a JavaScript string. */
export function escapeJs(text: string): string {
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const mapped = JS[character];
    if (mapped !== undefined) out += mapped;
    else if (code < 32 || code >= 128) out += escapeCode(code, character);
    else out += character;
  }
  return out;
}

/** Text safe in the query of a URL. */
export function escapeQuery(text: string): string {
  if (/^[A-Za-z0-9\-_.~ ]*$/.test(text)) return text.replaceAll(" ", "+");
  let out = "";
  for (const byte of toBytes(text)) out += QUERY[byte]!;
  return out;
}

function escapeCode(code: number, character: string): string {
  if (code >= 128 && (isPrintable(code) || escapedByte(code) !== undefined)) return character;
  return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
