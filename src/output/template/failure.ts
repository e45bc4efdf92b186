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

/** A failed template. */
export function fail(message: string, hint?: string, cause?: unknown): FerryError {
  const options = { ...(hint === undefined ? {} : { hint }), ...(cause === undefined ? {} : { cause }) };
  return new FerryError("TEMPLATE_INVALID", toOutput(message), options);
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
