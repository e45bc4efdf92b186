/**
 * Where in a JSON text something is: the first mistake, or the value at a path (RFC 8259).
 *
 * @module
 */

/** A place in a text; both count from 1. */
export interface Position {
  /** Line. */
  readonly line: number;
  /** Column, in characters. */
  readonly column: number;
}

/** Thrown inside to leave the walk at its end. */
class Found {
  constructor(readonly offset: number, readonly mistake: string) {}
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// deno-lint-ignore no-control-regex
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /(?:true|false|null)/y;

/** The first mistake in a text, in words that hold nothing of the text; undefined where it is valid JSON. */
export function findMistake(text: string): Position & { readonly mistake: string } | undefined {
  const found = walk(text, undefined);
  return found && { ...positionAt(text, found.offset), mistake: found.mistake };
}

/** Where the value at `path` begins, in a valid JSON text; the beginning where there is none. Of a key given twice, the last counts. */
export function findValue(text: string, path: readonly (string | number)[]): Position {
  return positionAt(text, walk(text, path)?.offset ?? 0);
}

function walk(text: string, wanted: readonly (string | number)[] | undefined): Found | undefined {
  let at = 0;
  let hit: Found | undefined;
  const space = () => {
    while (at < text.length && " \t\r\n".includes(text[at] ?? "x")) at++;
  };
  const fail = (mistake: string): never => {
    throw new Found(at, at >= text.length ? "the text ends too early" : mistake);
  };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match !== undefined) at += match.length;
    return match;
  };
  /** Reads a value; `depth` is how many steps of the wanted path lead here, -1 where it is elsewhere. */
  const value = (depth: number): void => {
    space();
    if (wanted !== undefined && depth === wanted.length) hit = new Found(at, "");
    const next = (key: string | number) => wanted !== undefined && depth >= 0 && wanted[depth] === key ? depth + 1 : -1;
    if (text[at] === "{") {
      members("}", () => {
        const key = take(STRING);
        if (key === undefined) return fail("a key in double quotes was expected");
        space();
        if (text[at] !== ":") fail("a colon was expected");
        at++;
        value(next(JSON.parse(key)));
      });
    } else if (text[at] === "[") {
      let index = 0;
      members("]", () => value(next(index++)));
    } else if (take(STRING) === undefined && take(NUMBER) === undefined && take(WORD) === undefined) {
      fail(text[at] === '"' ? "a string is not closed or holds what it must not" : "a value was expected");
    }
  };
  const members = (close: string, member: () => void): void => {
    at++;
    space();
    if (text[at] === close) return void at++;
    for (;;) {
      space();
      member();
      space();
      if (text[at] === close) return void at++;
      if (text[at] !== ",") fail(`a comma or ${close} was expected`);
      at++;
    }
  };
  try {
    value(0);
    space();
    if (at < text.length) fail("nothing more was expected");
  } catch (error) {
    if (error instanceof Found) return wanted === undefined ? error : hit;
    if (error instanceof RangeError) return new Found(at, "it is nested too deeply");
    throw error;
  }
  return hit;
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: [...(before.at(-1) ?? "")].length + 1 };
}
