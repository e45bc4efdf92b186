/**
 * Lua's patterns (Lua 5.1 reference manual, 5.4.1; `%f` and `%g` as in 5.4). C's matcher cannot be interrupted; this one counts its
 * steps, so that a pattern that would run for hours ends with an error.
 *
 * @module
 */
import { LuaError } from "./types.ts";

const MAX_CAPTURES = 32;
/** Choices that may be open at a time. */
const MAX_DEPTH = 2000;
const STEPS_BETWEEN_LOOKS = 65_536;
const UNFINISHED = -1;
const POSITION = -2;

/** What was found, in bytes from the subject's begin: the whole match, then its captures. */
export interface PatternMatch {
  /** Begin. */
  readonly from: number;
  /** End, behind the last byte. */
  readonly to: number;
  /** Captures: a piece, or a position (from 1) alone. */
  readonly captures: readonly ({ readonly from: number; readonly to: number } | number)[];
}

const code = (char: string) => char.charCodeAt(0);
const ESCAPE = code("%");
const OPEN = code("[");
const CLOSE = code("]");
const CARET = code("^");
const DOLLAR = code("$");
const DASH = code("-");
const DOT = code(".");
const LEFT = code("(");
const RIGHT = code(")");
const STAR = code("*");
const PLUS = code("+");
const QUESTION = code("?");

const CLASSES: Readonly<Record<string, (byte: number) => boolean>> = {
  a: (byte) => (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122),
  d: (byte) => byte >= 48 && byte <= 57,
  l: (byte) => byte >= 97 && byte <= 122,
  s: (byte) => byte === 32 || (byte >= 9 && byte <= 13),
  u: (byte) => byte >= 65 && byte <= 90,
  w: (byte) => (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122),
  x: (byte) => (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102),
  p: (byte) => byte > 32 && byte < 127 && !CLASSES.w!(byte),
  c: (byte) => byte < 32 || byte === 127,
  g: (byte) => byte > 32 && byte < 127,
  z: (byte) => byte === 0,
};

/** Whether a byte is in each class, by the class's letter. */
const MEMBERS: readonly (Uint8Array | undefined)[] = Array.from({ length: 128 }, (_, letter) => {
  const lower = String.fromCharCode(letter).toLowerCase();
  const test = CLASSES[lower];
  if (test === undefined) return undefined;
  const inverted = lower !== String.fromCharCode(letter);
  return Uint8Array.from({ length: 256 }, (_, byte) => test(byte) !== inverted ? 1 : 0);
});

/** A pattern at work on a subject. */
export class Matcher {
  readonly #subject: Uint8Array;
  readonly #pattern: Uint8Array;
  readonly #look: () => void;
  #level = 0;
  readonly #from: number[] = [];
  readonly #length: number[] = [];
  #depth = 0;
  #steps = 0;

  /** `look` is called now and then; it may throw to end the work. */
  constructor(subject: Uint8Array, pattern: Uint8Array, look: () => void) {
    this.#subject = subject;
    this.#pattern = pattern;
    this.#look = look;
  }

  /** The first match at or behind an offset. With `anchors`, `^` ties it to the offset. */
  find(init: number, anchors = true): PatternMatch | undefined {
    const anchored = anchors && this.#pattern[0] === CARET;
    for (let at = init; at <= this.#subject.length; at++) {
      this.#level = 0;
      this.#depth = 0;
      const to = this.#match(at, anchored ? 1 : 0);
      if (to >= 0) return { from: at, to, captures: this.#captures() };
      if (anchored) break;
    }
    return undefined;
  }

  #captures(): PatternMatch["captures"] {
    return Array.from({ length: this.#level }, (_, at) => {
      const [from, length] = [this.#from[at]!, this.#length[at]!];
      if (length === UNFINISHED) throw new LuaError("unfinished capture");
      return length === POSITION ? from + 1 : { from, to: from + length };
    });
  }

  /** End of a match of the pattern from `p` on at `s`, or -1. */
  #match(s: number, p: number): number {
    if (++this.#depth > MAX_DEPTH) throw new LuaError("pattern too complex");
    try {
      return this.#matchHere(s, p);
    } finally {
      this.#depth--;
    }
  }

  #matchHere(s: number, p: number): number {
    const pattern = this.#pattern;
    const subject = this.#subject;
    for (;;) {
      this.#step();
      if (p >= pattern.length) return s;
      switch (pattern[p]) {
        case LEFT:
          return pattern[p + 1] === RIGHT
            ? this.#startCapture(s, p + 2, POSITION)
            : this.#startCapture(s, p + 1, UNFINISHED);
        case RIGHT:
          return this.#endCapture(s, p + 1);
        case DOLLAR:
          if (p + 1 === pattern.length) return s === subject.length ? s : -1;
          break;
        case ESCAPE: {
          const next = pattern[p + 1];
          if (next === code("b")) {
            s = this.#balance(s, p + 2);
            if (s < 0) return -1;
            p += 4;
            continue;
          }
          if (next === code("f")) {
            p += 2;
            if (pattern[p] !== OPEN) throw new LuaError("missing '[' after '%f' in pattern");
            const end = this.#classEnd(p);
            const before = s === 0 ? 0 : subject[s - 1]!;
            const here = s < subject.length ? subject[s]! : 0;
            if (this.#inSet(before, p, end - 1) || !this.#inSet(here, p, end - 1)) return -1;
            p = end;
            continue;
          }
          if (next !== undefined && next >= 48 && next <= 57) {
            s = this.#backReference(s, next);
            if (s < 0) return -1;
            p += 2;
            continue;
          }
          break;
        }
      }
      const end = this.#classEnd(p);
      const suffix = pattern[end];
      if (suffix === QUESTION) {
        if (this.#single(s, p, end)) {
          const found = this.#match(s + 1, end + 1);
          if (found >= 0) return found;
        }
        p = end + 1;
        continue;
      }
      if (suffix === PLUS) return this.#single(s, p, end) ? this.#expandMost(s + 1, p, end) : -1;
      if (suffix === STAR) return this.#expandMost(s, p, end);
      if (suffix === DASH) return this.#expandLeast(s, p, end);
      if (!this.#single(s, p, end)) return -1;
      s++;
      p = end;
    }
  }

  #step(): void {
    if (++this.#steps % STEPS_BETWEEN_LOOKS === 0) this.#look();
  }

  /** End of a single item of the pattern. */
  #classEnd(p: number): number {
    const pattern = this.#pattern;
    const first = pattern[p++];
    if (first === ESCAPE) {
      if (p >= pattern.length) throw new LuaError("malformed pattern (ends with '%')");
      return p + 1;
    }
    if (first !== OPEN) return p;
    if (pattern[p] === CARET) p++;
    do {
      if (p >= pattern.length) throw new LuaError("malformed pattern (missing ']')");
      if (pattern[p++] === ESCAPE) p++;
    } while (pattern[p] !== CLOSE || p >= pattern.length);
    return p + 1;
  }

  #single(s: number, p: number, end: number): boolean {
    if (s >= this.#subject.length) return false;
    const byte = this.#subject[s]!;
    switch (this.#pattern[p]) {
      case DOT:
        return true;
      case ESCAPE:
        return isMember(byte, this.#pattern[p + 1]!);
      case OPEN:
        return this.#inSet(byte, p, end - 1);
      default:
        return this.#pattern[p] === byte;
    }
  }

  /** Whether a byte is in the set from `[` at `p` to `]` at `end`. */
  #inSet(byte: number, p: number, end: number): boolean {
    const pattern = this.#pattern;
    let found = true;
    if (pattern[p + 1] === CARET) {
      found = false;
      p++;
    }
    while (++p < end) {
      this.#step();
      if (pattern[p] === ESCAPE) {
        if (isMember(byte, pattern[++p]!)) return found;
      } else if (pattern[p + 1] === DASH && p + 2 < end) {
        if (pattern[p]! <= byte && byte <= pattern[p + 2]!) return found;
        p += 2;
      } else if (pattern[p] === byte) {
        return found;
      }
    }
    return !found;
  }

  #expandMost(s: number, p: number, end: number): number {
    let count = 0;
    while (this.#single(s + count, p, end)) {
      count++;
      this.#step();
    }
    for (; count >= 0; count--) {
      const found = this.#match(s + count, end + 1);
      if (found >= 0) return found;
    }
    return -1;
  }

  #expandLeast(s: number, p: number, end: number): number {
    for (;;) {
      const found = this.#match(s, end + 1);
      if (found >= 0) return found;
      if (!this.#single(s, p, end)) return -1;
      s++;
    }
  }

  #startCapture(s: number, p: number, kind: number): number {
    if (this.#level >= MAX_CAPTURES) throw new LuaError("too many captures");
    this.#from[this.#level] = s;
    this.#length[this.#level] = kind;
    this.#level++;
    const found = this.#match(s, p);
    if (found < 0) this.#level--;
    return found;
  }

  #endCapture(s: number, p: number): number {
    let open = this.#level - 1;
    while (open >= 0 && this.#length[open] !== UNFINISHED) open--;
    if (open < 0) throw new LuaError("invalid pattern capture");
    this.#length[open] = s - this.#from[open]!;
    const found = this.#match(s, p);
    if (found < 0) this.#length[open] = UNFINISHED;
    return found;
  }

  #balance(s: number, p: number): number {
    const [subject, pattern] = [this.#subject, this.#pattern];
    if (p + 1 >= pattern.length) throw new LuaError("malformed pattern (missing arguments to '%b')");
    if (s >= subject.length || subject[s] !== pattern[p]) return -1;
    let open = 1;
    for (let at = s + 1; at < subject.length; at++) {
      this.#step();
      if (subject[at] === pattern[p + 1]) {
        if (--open === 0) return at + 1;
      } else if (subject[at] === pattern[p]) {
        open++;
      }
    }
    return -1;
  }

  #backReference(s: number, digit: number): number {
    const at = digit - 49;
    const length = this.#length[at];
    if (at < 0 || at >= this.#level || length === undefined || length === UNFINISHED) {
      throw new LuaError(`invalid capture index %${at + 1}`);
    }
    if (length < 0 || this.#subject.length - s < length) return -1;
    for (let offset = 0; offset < length; offset++) {
      if (this.#subject[this.#from[at]! + offset] !== this.#subject[s + offset]) return -1;
    }
    this.#steps += length;
    return s + length;
  }
}

/** A class's letter names its members, any other character itself. */
function isMember(byte: number, letter: number): boolean {
  const members = MEMBERS[letter];
  return members === undefined ? letter === byte : members[byte] === 1;
}
