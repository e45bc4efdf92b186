/**
 * Content to store that comes from here and not from another place.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { BlobSource } from "./transport.ts";

/** Bytes that are in memory. */
export function bytesSource(bytes: Uint8Array, descriptor: Descriptor): BlobSource {
  return {
    descriptor,
    reopenable: true,
    open: (offset) =>
      Promise.resolve({ body: new Blob([bytes.slice(offset)]).stream(), size: bytes.byteLength - offset, offset }),
  };
}

/** Standard input: content of unknown size that can be read once; the descriptor's digest is "" where it is not known either. */
export function stdinSource(stdin: ReadableStream<Uint8Array<ArrayBuffer>>, descriptor: Descriptor): BlobSource {
  let opened = false;
  return {
    descriptor,
    reopenable: false,
    open() {
      if (opened) {
        throw new FerryError("CONNECTION_LOST", "Upload failed, and standard input cannot be read a second time", {
          hint: "run the command again",
        });
      }
      opened = true;
      return Promise.resolve({ body: stdin, size: undefined, offset: 0 });
    },
  };
}
