/**
 * Tokens of a template (Go, text/template, "Actions").
 *
 * @module
 */

import { isPrintable, quote } from "./quote.ts";

/** What a token is. */
export type TokenKind =
  | "error"
  | "text"
  | "left delim"
  | "right delim"
  | "space"
  | "="
  | ":="
  | "|"
  | "("
  | ")"
  | "char"
  | "bool"
  | "char constant"
  | "complex"
  | "number"
  | "string"
  | "raw string"
  | "field"
  | "variable"
  | "identifier"
  | "eof"
  | Keyword;

/** Words that are no functions. */
export type Keyword =
  | "."
  | "block"
  | "break"
  | "continue"
  | "define"
  | "else"
  | "end"
  | "if"
  | "nil"
  | "range"
  | "template"
  | "with";

/** A token; the value of an error token is its message. */
export interface Token {
  /** What it is. */
  readonly kind: TokenKind;
  /** Index of its first character. */
  readonly pos: number;
  /** Its text. */
  readonly value: string;
  /** Line on which it starts, from 1. */
  readonly line: number;
}

const KEYWORDS: ReadonlySet<string> = new Set<Keyword>(
  ["block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"],
);
const LEFT = "{{";
const RIGHT = "}}";
const LETTER_OR_DIGIT = /^[\p{L}\p{Nd}]$/u;

/** Splits a template into tokens; the last one is `eof`, or `error` where the text breaks the syntax. */
export function lex(input: string): Token[] {
  return new Lexer(input).run();
}

/** As in Go's messages: `U+007D '}'`. */
export function describeCharacter(code: number): string {
  if (code < 0) return "U+FFFFFFFFFFFFFFFF";
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return isPrintable(code) ? `${hex} '${String.fromCodePoint(code)}'` : hex;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10;
}

function isAlphaNumeric(code: number): boolean {
  if (code < 128) {
    return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
  }
  return LETTER_OR_DIGIT.test(String.fromCodePoint(code));
}

class Lexer {
  readonly #input: string;
  readonly #tokens: Token[] = [];
  #pos = 0;
  #start = 0;
  /** Line of the token at hand, and the index of the next line end, beyond the text where there is none. */
  #line = 1;
  #lineEnd = -1;
  #parens = 0;

  constructor(input: string) {
    this.#input = input;
  }

  run(): Token[] {
    while (this.#text() && this.#action());
    return this.#tokens;
  }

  #code(): number {
    return this.#input.codePointAt(this.#pos) ?? -1;
  }

  #next(): number {
    const code = this.#code();
    if (code >= 0) this.#pos += code > 0xffff ? 2 : 1;
    return code;
  }

  #lineAt(pos: number): number {
    while (this.#lineEnd < pos) {
      if (this.#lineEnd >= 0) this.#line++;
      const next = this.#input.indexOf("\n", this.#lineEnd + 1);
      this.#lineEnd = next < 0 ? Infinity : next;
    }
    return this.#line;
  }

  #emit(kind: TokenKind, end = this.#pos): true {
    const value = this.#input.slice(this.#start, end);
    this.#tokens.push({ kind, pos: this.#start, value, line: this.#lineAt(this.#start) });
    this.#start = this.#pos;
    return true;
  }

  #error(message: string): false {
    this.#tokens.push({ kind: "error", pos: this.#start, value: message, line: this.#lineAt(this.#start) });
    return false;
  }

  /** Text up to the next action, and its left delimiter. False at the end. */
  #text(): boolean {
    for (;;) {
      const left = this.#input.indexOf(LEFT, this.#pos);
      if (left < 0) {
        this.#pos = this.#input.length;
        if (this.#pos > this.#start) this.#emit("text");
        this.#emit("eof");
        return false;
      }
      const inner = left + LEFT.length;
      const trims = this.#input[inner] === "-" && isSpace(this.#input.charCodeAt(inner + 1));
      let end = left;
      if (trims) { while (end > this.#start && isSpace(this.#input.charCodeAt(end - 1))) end--; }
      this.#pos = left;
      if (end > this.#start) this.#emit("text", end);
      this.#start = left;
      this.#pos = inner + (trims ? 2 : 0);
      if (!this.#input.startsWith("/*", this.#pos)) {
        this.#emit("left delim", inner);
        this.#parens = 0;
        return true;
      }
      if (!this.#comment()) return false;
    }
  }

  #comment(): boolean {
    this.#start = this.#pos;
    const end = this.#input.indexOf("*/", this.#pos + 2);
    if (end < 0) return this.#error("unclosed comment");
    this.#pos = end + 2;
    if (!this.#rightDelimiter(false)) return this.#error("comment ends before closing delimiter");
    return true;
  }

  #trimsRight(at: number): boolean {
    return isSpace(this.#input.charCodeAt(at)) && this.#input[at + 1] === "-" && this.#input.startsWith(RIGHT, at + 2);
  }

  /** Takes a right delimiter, where there is one. */
  #rightDelimiter(emit: boolean): boolean {
    const trims = this.#trimsRight(this.#pos);
    if (trims) this.#pos += 2;
    else if (!this.#input.startsWith(RIGHT, this.#pos)) return false;
    this.#start = this.#pos;
    this.#pos += RIGHT.length;
    if (emit) this.#emit("right delim");
    if (trims) { while (isSpace(this.#input.charCodeAt(this.#pos))) this.#pos++; }
    this.#start = this.#pos;
    return true;
  }

  /** Tokens up to and with the right delimiter. False after an error. */
  #action(): boolean {
    for (;;) {
      if (this.#trimsRight(this.#pos) || this.#input.startsWith(RIGHT, this.#pos)) {
        return this.#parens === 0 ? this.#rightDelimiter(true) : this.#error("unclosed left paren");
      }
      if (!this.#inside()) return false;
    }
  }

  #inside(): boolean {
    const code = this.#next();
    switch (code) {
      case -1:
        return this.#error("unclosed action");
      case 61:
        return this.#emit("=");
      case 58:
        return this.#next() === 61 ? this.#emit(":=") : this.#error("expected :=");
      case 124:
        return this.#emit("|");
      case 34:
        return this.#quoted(34, "string", "unterminated quoted string");
      case 39:
        return this.#quoted(39, "char constant", "unterminated character constant");
      case 96:
        return this.#rawString();
      case 36:
        return this.#name("variable", "variable");
      case 40:
        this.#parens++;
        return this.#emit("(");
      case 41:
        return --this.#parens < 0 ? this.#error("unexpected right paren") : this.#emit(")");
    }
    if (isSpace(code)) return this.#spaces();
    const digit = code >= 48 && code <= 57;
    if (code === 46 && !this.#digitFollows()) return this.#name("field", ".");
    if (code === 46 || code === 43 || code === 45 || digit) {
      this.#pos--;
      return this.#number();
    }
    if (isAlphaNumeric(code)) return this.#identifier();
    if (code > 32 && code < 127) return this.#emit("char");
    return this.#error(`unrecognized character in action: ${describeCharacter(code)}`);
  }

  #digitFollows(): boolean {
    const code = this.#input.charCodeAt(this.#pos);
    return this.#pos >= this.#input.length || (code >= 48 && code <= 57);
  }

  /** The blank of a trim marker belongs to the right delimiter. */
  #spaces(): boolean {
    while (isSpace(this.#input.charCodeAt(this.#pos))) this.#pos++;
    if (this.#trimsRight(this.#pos - 1)) this.#pos--;
    return this.#pos === this.#start || this.#emit("space");
  }

  #atTerminator(): boolean {
    const code = this.#code();
    if (code === -1 || isSpace(code)) return true;
    return ".,|:)(".includes(String.fromCodePoint(code)) || this.#input.startsWith(RIGHT, this.#pos);
  }

  #badCharacter(): false {
    const code = this.#code();
    return this.#error(`bad character ${describeCharacter(code)}`);
  }

  #alphaNumerics(): void {
    for (let code = this.#code(); code >= 0 && isAlphaNumeric(code); code = this.#code()) this.#next();
  }

  #name(kind: TokenKind, bare: TokenKind): boolean {
    if (this.#atTerminator()) return this.#emit(bare);
    this.#alphaNumerics();
    return this.#atTerminator() ? this.#emit(kind) : this.#badCharacter();
  }

  #identifier(): boolean {
    this.#alphaNumerics();
    if (!this.#atTerminator()) return this.#badCharacter();
    const word = this.#input.slice(this.#start, this.#pos);
    if (KEYWORDS.has(word)) return this.#emit(word as Keyword);
    return this.#emit(word === "true" || word === "false" ? "bool" : "identifier");
  }

  #quoted(quote: number, kind: TokenKind, message: string): boolean {
    for (;;) {
      let code = this.#next();
      if (code === quote) return this.#emit(kind);
      if (code === 92) code = this.#next();
      if (code === -1 || code === 10) return this.#error(message);
    }
  }

  #rawString(): boolean {
    const end = this.#input.indexOf("`", this.#pos);
    if (end < 0) return this.#error("unterminated raw quoted string");
    this.#pos = end + 1;
    return this.#emit("raw string");
  }

  #number(): boolean {
    if (!this.#scanNumber()) return this.#badNumber();
    const sign = this.#code();
    if (sign !== 43 && sign !== 45) return this.#emit("number");
    return this.#scanNumber() && this.#input[this.#pos - 1] === "i" ? this.#emit("complex") : this.#badNumber();
  }

  #badNumber(): false {
    return this.#error(`bad number syntax: ${quote(this.#input.slice(this.#start, this.#pos))}`);
  }

  #accept(characters: string): boolean {
    const character = this.#input[this.#pos];
    if (character === undefined || !characters.includes(character)) return false;
    this.#pos++;
    return true;
  }

  #acceptRun(characters: string): void {
    while (this.#accept(characters));
  }

  #scanNumber(): boolean {
    this.#accept("+-");
    let digits = "0123456789_";
    if (this.#accept("0")) {
      if (this.#accept("xX")) digits = "0123456789abcdefABCDEF_";
      else if (this.#accept("oO")) digits = "01234567_";
      else if (this.#accept("bB")) digits = "01_";
    }
    this.#acceptRun(digits);
    if (this.#accept(".")) this.#acceptRun(digits);
    const exponent = digits.length === 11 ? "eE" : digits.length === 23 ? "pP" : "";
    if (exponent !== "" && this.#accept(exponent)) {
      this.#accept("+-");
      this.#acceptRun("0123456789_");
    }
    this.#accept("i");
    const code = this.#code();
    if (code < 0 || !isAlphaNumeric(code)) return true;
    this.#next();
    return false;
  }
}
