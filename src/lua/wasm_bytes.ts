/**
 * The bytes of Lua 5.4, compiled to WebAssembly: the one file that knows the npm package they come in.
 *
 * @module
 */
import glue from "wasmoon/dist/glue.wasm" with { type: "bytes" };

/**
 * The characters of whole numbers: a float written with these alone gets `.0` behind it, so that `10/2` is shown as `5.0`.
 * Scripts for Lua 5.1 expect `5`: with an empty list no float looks like a whole number.
 */
const WHOLE_NUMBER = "-0123456789\0";

/** The module's bytes, with floats shown as Lua 5.1 shows them. */
export function luaBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(glue);
  const at = find(bytes, WHOLE_NUMBER);
  if (at < 0 || find(bytes, WHOLE_NUMBER, at + 1) >= 0) throw new Error("The Lua module is not the one that is known");
  // "-" alone: it stands in front of every negative number, so nothing else is taken for whole.
  bytes[at + 1] = 0;
  return bytes;
}

function find(bytes: Uint8Array, text: string, from = 0): number {
  const wanted = new TextEncoder().encode(text);
  for (let at = bytes.indexOf(wanted[0]!, from); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}
