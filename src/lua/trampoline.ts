/**
 * Functions of JavaScript that C can call: a module of a few bytes hands each call on.
 *
 * @module
 */

/** `i32` as WebAssembly writes it. */
const I32 = 0x7f;

/**
 * Bytes of a module that imports `e.f` and exports it as `f`, with so many `i32` parameters, and an `i32` result or none
 * (WebAssembly core specification, binary format).
 */
function bytesOf(parameters: number, result: boolean): Uint8Array<ArrayBuffer> {
  const type = [0x60, parameters, ...Array(parameters).fill(I32), ...(result ? [1, I32] : [0])];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, type.length + 1, 0x01, ...type],
    ...[0x02, 0x07, 0x01, 0x01, 0x65, 0x01, 0x66, 0x00, 0x00],
    ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
  ]);
}

/** Puts a function into a table; gives its index, which is what C knows as its address. */
export function addFunction(
  table: WebAssembly.Table,
  call: (...values: number[]) => number | void,
  parameters: number,
  result: boolean,
): number {
  const module = new WebAssembly.Module(bytesOf(parameters, result));
  const { f } = new WebAssembly.Instance(module, { e: { f: call } }).exports;
  const index = table.grow(1);
  table.set(index, f as CallableFunction);
  return index;
}
