/**
 * Standard input for scripts outside the sandbox: `io.read` and `io.lines`. A script stands still until there is something.
 *
 * @module
 */
import { type LuaFunction, LuaResults, type LuaValue } from "../../../../src/mod.ts";
import { type Format, formatsAt, ReadBuffer } from "./read_buffer.ts";

/** Gives the next piece of standard input, undefined at its end. */
export type NextPiece = () => Promise<Uint8Array | undefined>;

/** `io.read`, and what `io.lines` without a file gives. */
export interface InputFunctions {
  /** `io.read`. */
  readonly read: LuaFunction;
  /** The next line. */
  readonly nextLine: LuaFunction;
}

/** The functions; without `next` there is nothing to read. */
export function inputFunctions(next: NextPiece = () => Promise.resolve(undefined)): InputFunctions {
  const buffer = new ReadBuffer(() => undefined);
  let isOver = false;
  const take = async (format: Format): Promise<LuaValue> => {
    while (!isOver && !buffer.has(format)) {
      const piece = await next();
      if (piece === undefined) isOver = true;
      else buffer.add(piece);
    }
    return buffer.read(format);
  };
  return {
    read: async (call) => {
      const values: LuaValue[] = [];
      for (const format of formatsAt(call, 1)) {
        const value = await take(format);
        values.push(value ?? null);
        if (value === undefined) break;
      }
      return new LuaResults(...values);
    },
    nextLine: async () => await take("l") ?? null,
  };
}
