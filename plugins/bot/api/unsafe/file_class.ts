/**
 * Open files of scripts outside the sandbox (Lua 5.1 reference manual, 5.7). Reads and writes are done at once, as Lua has it.
 *
 * @module
 */
import { type LuaCall, type LuaClass, type LuaFunction, LuaObject, LuaResults } from "../../../../src/mod.ts";
import { formatsAt, readAll, ReadBuffer } from "./read_buffer.ts";

/** An open file. Without a handle everything written is dropped: a dry run. */
export class ScriptFile {
  readonly #handle: Deno.FsFile | undefined;
  /** What is read from it. */
  readonly ahead: ReadBuffer = new ReadBuffer(() => this.#read());
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
    if (this.ahead.size > 0) this.seek(0, Deno.SeekMode.Current);
    for (let at = 0; at < bytes.length && this.#handle !== undefined;) at += this.#handle.writeSync(bytes.subarray(at));
  }

  /** Moves; gives the new place. */
  seek(offset: number, from: Deno.SeekMode): number {
    const behind = from === Deno.SeekMode.Current ? this.ahead.size : 0;
    this.ahead.clear();
    return this.#handle?.seekSync(offset - behind, from) ?? 0;
  }

  #read(): Uint8Array | undefined {
    const piece = new Uint8Array(65_536);
    const count = this.#handle?.readSync(piece) ?? null;
    return count === null || count === 0 ? undefined : piece.subarray(0, count);
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
      read: method((file, call) => readAll(file.ahead, formatsAt(call, 2))),
      lines: method((file) => () => file.ahead.line() ?? null),
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
