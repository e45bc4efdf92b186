/**
 * Tokens one after the other, with the errors that name their line.
 *
 * @module
 */
import { describeToken, fail, type Source } from "./failure.ts";
import { lex, type Token, type TokenKind } from "./lex.ts";
import { unquote } from "./quote.ts";

/** The tokens of a template; the last one, `eof` or `error`, comes again and again. */
export class TokenStream {
  /** Line on which the action at hand starts, 0 outside actions. */
  actionLine = 0;
  readonly #name: string;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  /** Furthest token looked at: messages name its line. */
  #furthest = 0;

  /** Takes the template. */
  constructor(source: Source) {
    this.#name = source.name;
    this.#text = source.text;
    this.#tokens = lex(source.text);
  }

  /** Index of the next token, for {@linkcode TokenStream.rewind}. */
  mark(): number {
    return this.#at;
  }

  /** Goes back to a token. */
  rewind(mark: number): void {
    this.#at = mark;
  }

  /** The next token; it stays. */
  peek(): Token {
    if (this.#at > this.#furthest) this.#furthest = this.#at;
    return this.#tokens[this.#at]!;
  }

  /** Takes the next token. */
  next(): Token {
    const token = this.peek();
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return token;
  }

  /** Takes blanks, and the token after them. */
  nextNonSpace(): Token {
    this.peekNonSpace();
    return this.next();
  }

  /** Takes blanks; the token after them stays. */
  peekNonSpace(): Token {
    while (this.peek().kind === "space") this.#at++;
    return this.peek();
  }

  /** Takes the next token that is no blank, which must be of that kind. */
  expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    return token.kind === kind ? token : this.unexpected(token, context);
  }

  /** Text of a string constant. */
  unquote(token: Token): string {
    return unquote(token.value) ?? this.error("invalid syntax", `${token.value} has an escape that Go does not know`);
  }

  /** Ends the parse; `at` is the index of what is wrong, that of the furthest token looked at unless given. */
  error(message: string, hint?: string, at?: number): never {
    const { line, pos } = this.#tokens[this.#furthest]!;
    throw fail(`template: ${this.#name}:${line}: ${message}`, hint, undefined, { text: this.#text, pos: at ?? pos });
  }

  /** Ends the parse at a token that does not belong there. */
  unexpected(token: Token, context: string): never {
    if (token.kind !== "error") this.error(`unexpected ${describeToken(token)} in ${context}`, undefined, token.pos);
    let extra = "";
    if (this.actionLine !== 0 && this.actionLine !== token.line) {
      extra = ` in action started at ${this.#name}:${this.actionLine}`;
      if (token.value.endsWith(" action")) extra = extra.slice(" in action".length);
    }
    this.error(token.value + extra);
  }
}
