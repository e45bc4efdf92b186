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
const WHOLE_NUMBER = [..."-0123456789\0"].map((char) => char.charCodeAt(0));

/** The module's bytes, with floats shown as Lua 5.1 shows them. */
export function luaBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(glue);
  // Texts are at the end of a module.
  let at = bytes.lastIndexOf(WHOLE_NUMBER[0]!);
  while (at >= 0 && !WHOLE_NUMBER.every((byte, offset) => bytes[at + offset] === byte)) {
    at = at === 0 ? -1 : bytes.lastIndexOf(WHOLE_NUMBER[0]!, at - 1);
  }
  if (at < 0) throw new Error("The Lua module is not the one that is known");
  // "-" alone: it stands in front of every negative number, so nothing else is taken for whole.
  bytes[at + 1] = 0;
  return bytes;
}
