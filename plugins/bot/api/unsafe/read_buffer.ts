/**
 * What was read and not taken yet, and the ways in which Lua takes it (reference manual 5.1, 5.7, `file:read`).
 *
 * @module
 */
import { type LuaCall, LuaResults, type LuaValue } from "../../../../src/mod.ts";

const NEWLINE = 10;

/** What to read: so many bytes, all, a line, a number. */
export type Format = number | "a" | "l" | "n";

/** Bytes that wait to be taken; `fill` gives more, undefined at the end. */
export class ReadBuffer {
  readonly #fill: () => Uint8Array | undefined;
  #ahead = new Uint8Array(0);

  /** Nothing is read yet. */
  constructor(fill: () => Uint8Array | undefined) {
    this.#fill = fill;
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#ahead.length;
  }

  /** True when nothing has to be read for a format. */
  has(format: Format): boolean {
    if (typeof format === "number") return this.size >= Math.max(1, format);
    return format !== "a" && this.#ahead.includes(NEWLINE);
  }

  /** Adds what was read. */
  add(piece: Uint8Array): void {
    const joined = new Uint8Array(this.#ahead.length + piece.length);
    joined.set(this.#ahead);
    joined.set(piece, this.#ahead.length);
    this.#ahead = joined;
  }

  /** Throws away what waits. */
  clear(): void {
    this.#ahead = new Uint8Array(0);
  }

  /** A line without its end, undefined at the end. */
  line(): Uint8Array | undefined {
    for (;;) {
      const end = this.#ahead.indexOf(NEWLINE);
      if (end >= 0) {
        const line = this.#take(end);
        this.#take(1);
        return line;
      }
      if (!this.#more()) return this.size === 0 ? undefined : this.#take(this.size);
    }
  }

  /** What a format asks for, undefined at the end. */
  read(format: Format): LuaValue {
    if (typeof format === "number") return this.#bytes(format);
    if (format === "l") return this.line();
    if (format === "a") {
      while (this.#more());
      return this.#take(this.size);
    }
    const line = this.line();
    const number = line === undefined ? NaN : Number(new TextDecoder().decode(line).trim() || NaN);
    return Number.isNaN(number) ? undefined : number;
  }

  /** So many bytes, fewer at the end, undefined at the end. */
  #bytes(count: number): Uint8Array | undefined {
    while (this.size < count && this.#more());
    if (this.size === 0 && (count > 0 || !this.#more())) return undefined;
    return this.#take(Math.min(count, this.size));
  }

  #take(count: number): Uint8Array {
    const taken = this.#ahead.slice(0, count);
    this.#ahead = this.#ahead.slice(count);
    return taken;
  }

  #more(): boolean {
    const piece = this.#fill();
    if (piece !== undefined) this.add(piece);
    return piece !== undefined;
  }
}

/** The formats that the arguments from `at` on are: a line where there are none. */
export function formatsAt(call: LuaCall, at: number): readonly Format[] {
  if (call.count < at) return ["l"];
  return Array.from({ length: call.count - at + 1 }, (_, offset) => formatAt(call, at + offset));
}

function formatAt(call: LuaCall, at: number): Format {
  if (call.type(at) === "number") return call.integer(at);
  const letter = call.text(at).replace("*", "")[0];
  return letter === "a" || letter === "l" || letter === "n" ? letter : call.bad(at, "invalid format");
}

/** A value for each format, up to the first that there is nothing for. */
export function readAll(buffer: ReadBuffer, formats: readonly Format[]): LuaResults {
  const values: LuaValue[] = [];
  for (const format of formats) {
    const value = buffer.read(format);
    values.push(value ?? null);
    if (value === undefined) break;
  }
  return new LuaResults(...values);
}
