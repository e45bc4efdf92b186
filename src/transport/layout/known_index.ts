/**
 * What large `index.json` files said when they were last read or written, while they are the same: with thousands of tags, reading one
 * anew takes longer than all else that a tag needs. Other processes may change them at any time.
 *
 * @module
 */
import type { LayoutIndex } from "./index_file.ts";

/** Bytes from which an index is remembered: smaller ones are read as fast as they are looked at. */
const BYTES_LEAST = 64 << 10;

/** Most indexes that are remembered. */
const INDEXES_MOST = 16;

interface Known {
  readonly info: Deno.FileInfo;
  readonly index: LayoutIndex;
}

/** Indexes by the folder of their layout; those that were asked for last. */
export class KnownIndexes {
  readonly #known = new Map<string, Known>();

  /** The index, where its file is still the one that was remembered. */
  get(root: string, info: Deno.FileInfo): LayoutIndex | undefined {
    const known = this.#known.get(root);
    if (known === undefined) return undefined;
    this.#known.delete(root);
    if (!isSameFile(known.info, info)) return undefined;
    this.#known.set(root, known);
    return known.index;
  }

  /** Remembers an index; `info` is of the file as it was when it was written, or before it was read. */
  put(root: string, info: Deno.FileInfo, index: LayoutIndex): void {
    this.#known.delete(root);
    if (info.size < BYTES_LEAST) return;
    this.#known.set(root, { info, index });
    if (this.#known.size > INDEXES_MOST) this.#known.delete(this.#known.keys().next().value!);
  }
}

/** True where a file is still what it was. One without a time is never the same. */
export function isSameFile(one: Deno.FileInfo, other: Deno.FileInfo): boolean {
  return one.mtime !== null && one.mtime.getTime() === other.mtime?.getTime() && one.ino === other.ino &&
    one.dev === other.dev && one.size === other.size;
}
