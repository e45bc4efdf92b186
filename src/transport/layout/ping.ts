import type { Reference } from "../../reference/reference.ts";
import type { CallOptions } from "../transport.ts";
import { readIndex } from "./index_store.ts";

/**
 * Says whether a layout is there and can be read.
 *
 * @throws {FerryError} NAME_UNKNOWN, LAYOUT_INVALID, IO
 */
export async function ping(reference: Reference, options: CallOptions): Promise<void> {
  options.signal?.throwIfAborted();
  await readIndex(reference.path);
}
