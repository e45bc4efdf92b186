/**
 * Open files of scripts outside the sandbox (Lua 5.1 reference manual, 5.7). Reads and writes are done at once, as Lua has it.
 *
 * @module
 */
import {
  type LuaCall,
  type LuaClass,
  type LuaFunction,
  LuaObject,
  LuaResults,
  type LuaValue,
} from "../../../../src/mod.ts";

const NEWLINE = 10;

/** An open file. Without a handle everything written is dropped: a dry run. */
export class ScriptFile {
  readonly #handle: Deno.FsFile | undefined;
  #ahead = new Uint8Array(0);
  #open = true;

  /** Works on a handle. */
  constructor(handle: Deno.FsFile | undefined) {
    this.#handle = handle;
  }

  /** False when it was closed. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Closes it; more than once does nothing. */
  close(): void {
    if (this.#open) this.#handle?.close();
    this.#open = false;
  }

  /** Writes all bytes. */
  write(bytes: Uint8Array): void {
    if (this.#ahead.length > 0) this.seek(0, Deno.SeekMode.Current);
    for (let at = 0; at < bytes.length && this.#handle !== undefined;) at += this.#handle.writeSync(bytes.subarray(at));
  }

  /** Moves; gives the new place. */
  seek(offset: number, from: Deno.SeekMode): number {
    const behind = from === Deno.SeekMode.Current ? this.#ahead.length : 0;
    this.#ahead = new Uint8Array(0);
    return this.#handle?.seekSync(offset - behind, from) ?? 0;
  }

  /** So many bytes, fewer at the end, undefined at the end. */
  bytes(count: number): Uint8Array | undefined {
    while (this.#ahead.length < count && this.#fill());
    if (this.#ahead.length === 0 && (count > 0 || !this.#fill())) return undefined;
    return this.#take(Math.min(count, this.#ahead.length));
  }

  /** All that is left. */
  rest(): Uint8Array {
    while (this.#fill());
    return this.#take(this.#ahead.length);
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
      if (!this.#fill()) return this.#ahead.length === 0 ? undefined : this.#take(this.#ahead.length);
    }
  }

  #take(count: number): Uint8Array {
    const taken = this.#ahead.slice(0, count);
    this.#ahead = this.#ahead.slice(count);
    return taken;
  }

  #fill(): boolean {
    const piece = new Uint8Array(65_536);
    const count = this.#handle?.readSync(piece) ?? null;
    if (count === null || count === 0) return false;
    const joined = new Uint8Array(this.#ahead.length + count);
    joined.set(this.#ahead);
    joined.set(piece.subarray(0, count), this.#ahead.length);
    this.#ahead = joined;
    return true;
  }
}

/** The kind of open files. */
export function fileClass(): LuaClass {
  const method = (run: (file: ScriptFile, call: LuaCall) => ReturnType<LuaFunction>): LuaFunction => (call) => {
    const file = call.object(1)?.value;
    if (!(file instanceof ScriptFile)) return call.bad(1, "FILE* expected");
    if (!file.isOpen) return call.bad(1, "attempt to use a closed file");
    return attemptIo(() => run(file, call));
  };
  const kind: LuaClass = {
    name: "FILE*",
    methods: {
      close: method((file) => {
        file.close();
        return true;
      }),
      flush: method(() => true),
      setvbuf: method(() => true),
      read: method((file, call) => readFormats(file, call, 2)),
      lines: method((file) => () => file.line() ?? null),
      seek: method((file, call) => {
        const whence = call.type(2) === "nil" ? "cur" : call.text(2);
        const from = { set: Deno.SeekMode.Start, cur: Deno.SeekMode.Current, end: Deno.SeekMode.End }[whence];
        if (from === undefined) return call.bad(2, `invalid option '${whence}'`);
        return file.seek(call.type(3) === "nil" ? 0 : call.integer(3), from);
      }),
      write: method((file, call) => {
        for (let at = 2; at <= call.count; at++) file.write(call.bytes(at));
        return true;
      }),
    },
  };
  return kind;
}

/** Reads what the arguments from `at` on ask for: a line where there are none. */
export function readFormats(file: ScriptFile, call: LuaCall, at: number): LuaResults {
  if (call.count < at) return new LuaResults(file.line() ?? null);
  const values: LuaValue[] = [];
  for (; at <= call.count; at++) {
    const value = call.type(at) === "number" ? file.bytes(call.integer(at)) : readFormat(file, call, at);
    values.push(value ?? null);
    if (value === undefined) break;
  }
  return new LuaResults(...values);
}

function readFormat(file: ScriptFile, call: LuaCall, at: number): LuaValue {
  switch (call.text(at).replace("*", "")[0]) {
    case "a":
      return file.rest();
    case "l":
      return file.line();
    case "n": {
      const line = file.line();
      const number = line === undefined ? NaN : Number(new TextDecoder().decode(line).trim() || NaN);
      return Number.isNaN(number) ? undefined : number;
    }
  }
  return call.bad(at, "invalid format");
}

/** A failure of the system is `nil, message`, as Lua's own functions give it. */
export function attemptIo<T extends ReturnType<LuaFunction>>(run: () => T): T | LuaResults {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && Object.values(Deno.errors).some((kind) => error instanceof kind)) {
      return new LuaResults(null, error.message);
    }
    throw error;
  }
}

/** An object for an open file. */
export function fileObject(kind: LuaClass, handle: Deno.FsFile | undefined): LuaObject {
  return new LuaObject(kind, new ScriptFile(handle));
}
