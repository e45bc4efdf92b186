/**
 * The functions of `string` that work with patterns. They read the subject where it lies in the machine's memory.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Bridge } from "./bridge.ts";
import { type State, TYPE, TYPE_NAMES } from "./exports.ts";
import { Matcher, type PatternMatch } from "./pattern.ts";
import { LuaError } from "./types.ts";

const ESCAPE = 37;
/** Without these a pattern is a plain text to `find`. */
const SPECIALS = /[\^$*+?.([%-]/;

/** A subject and a pattern, and where to begin. */
interface Job {
  readonly from: number;
  readonly subject: Uint8Array;
  readonly matcher: Matcher;
}

/** Functions that a state's stack is the argument of, by name. */
export function stringFunctions(bridge: Bridge, look: () => void): Readonly<Record<string, (state: State) => number>> {
  const { machine, values } = bridge;
  const { c } = machine;

  const span = (state: State, at: number, name: string) => {
    const type = c.lua_type(state, at);
    if (type !== TYPE.string && type !== TYPE.number) {
      const got = type === TYPE.none ? "no value" : TYPE_NAMES[type];
      throw new LuaError(`bad argument #${at} to '${name}' (string expected, got ${got})`);
    }
    return machine.span(state, at)!;
  };
  const integer = (state: State, at: number, otherwise: number) =>
    c.lua_type(state, at) <= TYPE.nil ? otherwise : Math.trunc(c.lua_tonumberx(state, at, 0));
  const open = (state: State, name: string): Job => {
    const [subject, pattern] = [span(state, 1, name), span(state, 2, name)];
    const { memory } = machine;
    const bytes = memory.subarray(subject.from, subject.from + subject.length);
    // The subject stays where it is: nothing is collected while a match is looked for.
    const matcher = new Matcher(bytes, memory.slice(pattern.from, pattern.from + pattern.length), look);
    return { from: subject.from, subject: bytes, matcher };
  };
  const pushPiece = (state: State, job: Job, from: number, to: number) => {
    if (c.lua_checkstack(state, 2) === 0) throw new LuaError("stack overflow");
    c.lua_pushlstring(state, job.from + from, to - from);
  };
  const pushCaptures = (state: State, job: Job, { captures, from, to }: PatternMatch, whole: boolean): number => {
    if (captures.length === 0) {
      if (!whole) return 0;
      pushPiece(state, job, from, to);
      return 1;
    }
    for (const capture of captures) {
      if (typeof capture === "number") values.push(state, capture);
      else pushPiece(state, job, capture.from, capture.to);
    }
    return captures.length;
  };
  const start = (init: number, length: number) => init > 0 ? init - 1 : init === 0 ? 0 : Math.max(0, length + init);

  const search = (state: State, name: string, find: boolean): number => {
    const job = open(state, name);
    const init = start(integer(state, 3, 1), job.subject.length);
    if (init <= job.subject.length) {
      const plain = find && (c.lua_toboolean(state, 4) !== 0 || !SPECIALS.test(machine.text(state, 2)!));
      const match = plain ? findPlain(job.subject, machine.bytes(state, 2)!, init) : job.matcher.find(init);
      if (match !== undefined) {
        if (!find) return pushCaptures(state, job, match, true);
        values.push(state, match.from + 1);
        values.push(state, match.to);
        return 2 + pushCaptures(state, job, match, false);
      }
    }
    c.lua_pushnil(state);
    return 1;
  };

  return {
    find: (state) => search(state, "find", true),
    match: (state) => search(state, "match", false),
    /** `(subject, pattern, offset)`: begin and end of the next match (offsets), then its captures or the whole. */
    next_match: (state) => {
      const job = open(state, "gmatch");
      const match = job.matcher.find(integer(state, 3, 0), c.lua_toboolean(state, 4) !== 0);
      if (match === undefined) return 0;
      values.push(state, match.from);
      values.push(state, match.to);
      return 2 + pushCaptures(state, job, match, true);
    },
    /** `gsub` with a string as replacement. */
    replace: (state) => {
      const job = open(state, "gsub");
      const replacement = machine.bytes(state, 3)!;
      const most = integer(state, 4, Infinity);
      const anchored = machine.memory[span(state, 2, "gsub").from] === 94;
      const out = new Pieces(machine.limit);
      let [at, count] = [0, 0];
      while (count < most) {
        const match = job.matcher.find(at);
        if (match === undefined) break;
        count++;
        out.add(job.subject.subarray(at, match.from));
        expand(out, replacement, job.subject, match);
        at = match.to;
        if (match.to === match.from) {
          if (at < job.subject.length) out.add(job.subject.subarray(at, at + 1));
          at++;
        }
        if (at > job.subject.length || anchored) break;
      }
      if (at < job.subject.length) out.add(job.subject.subarray(at));
      machine.pushBytes(state, out.join());
      values.push(state, count);
      return 2;
    },
  };
}

function findPlain(subject: Uint8Array, wanted: Uint8Array, init: number): PatternMatch | undefined {
  if (wanted.length === 0) return { from: init, to: init, captures: [] };
  const at = Buffer.from(subject.buffer as ArrayBuffer, subject.byteOffset, subject.byteLength).indexOf(wanted, init);
  return at < 0 ? undefined : { from: at, to: at + wanted.length, captures: [] };
}

/** What a replacement says: `%0` the whole match, `%1` a capture, `%%` a percent sign; as in 5.1, `%` before others is left out. */
function expand(out: Pieces, replacement: Uint8Array, subject: Uint8Array, match: PatternMatch): void {
  let from = 0;
  for (let at = 0; at < replacement.length; at++) {
    if (replacement[at] !== ESCAPE) continue;
    out.add(replacement.subarray(from, at));
    const digit = (replacement[++at] ?? 0) - 48;
    from = at;
    if (digit < 0 || digit > 9) continue;
    from = at + 1;
    const capture = digit === 0 || (digit === 1 && match.captures.length === 0) ? match : match.captures[digit - 1];
    if (capture === undefined) throw new LuaError(`invalid capture index %${digit} in replacement string`);
    out.add(
      typeof capture === "number"
        ? new TextEncoder().encode(String(capture))
        : subject.subarray(capture.from, capture.to),
    );
  }
  out.add(replacement.subarray(from));
}

/** Bytes that are put together; never more than a machine could hold. */
class Pieces {
  readonly #pieces: Uint8Array[] = [];
  readonly #limit: number;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#size += piece.length;
    if (this.#size > this.#limit) throw new LuaError("not enough memory");
    this.#pieces.push(piece);
  }

  join(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}
