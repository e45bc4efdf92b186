/**
 * Errors of templates, in Go's words.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { toBytes, toOutput } from "./bytes.ts";
import type { Token } from "./lex.ts";
import { type Node, nodeText } from "./nodes.ts";
import { quote } from "./quote.ts";

/** A template's text with the name that messages give it. */
export interface Source {
  /** Name, `out` unless given. */
  readonly name: string;
  /** Text. */
  readonly text: string;
}

/** A failed template, with the place where that is known. */
export function fail(message: string, hint?: string, cause?: unknown, place?: Place): FerryError {
  const options = {
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
    ...(place === undefined ? {} : { excerpt: excerptOf(place) }),
  };
  return new FerryError("TEMPLATE_INVALID", toOutput(message), options);
}

/** A place in a template's text. */
export interface Place {
  /** The text. */
  readonly text: string;
  /** Index in it. */
  readonly pos: number;
}

/** Characters of a line that an excerpt shows on either side of its mark. */
const AROUND = 60;

/** The line of a place, and a caret below it. */
export function excerptOf({ text, pos }: Place): string {
  const start = text.lastIndexOf("\n", pos - 1) + 1;
  const end = text.indexOf("\n", pos);
  const line = text.slice(start, end < 0 ? undefined : end);
  const from = Math.max(0, pos - start - AROUND);
  const before = [...(from > 0 ? "..." : "") + line.slice(from, pos - start)];
  const after = [...line.slice(pos - start, pos - start + AROUND)];
  if (pos - start + AROUND < line.length) after.push("...");
  // deno-lint-ignore no-control-regex
  const shown = [...before, ...after].join("").replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  return `${shown}\n${" ".repeat(before.length)}^`.toWellFormed();
}

/** Message of a failed execution: line from 1, column in bytes from 0, and what was evaluated. */
export function executionMessage(source: Source, template: string, node: Node, message: string): string {
  const before = source.text.slice(0, node.pos);
  const line = before.split("\n").length;
  const column = toBytes(before.slice(before.lastIndexOf("\n") + 1)).byteLength;
  const place = `${source.name}:${line}:${column}`;
  return `template: ${place}: executing ${quote(template)} at <${shorten(nodeText(node))}>: ${message}`;
}

/** A token in messages: its text in quotes, words such as `range` in angle brackets. */
export function describeToken(token: Token): string {
  if (token.kind === "eof") return "EOF";
  if (token.kind === token.value && /^[a-z]+$|^\.$/.test(token.kind)) return `<${token.value}>`;
  return token.value.length > 10 ? `${quote(token.value.slice(0, 10))}...` : quote(token.value);
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
