/**
 * Changes of the entries of a layer's archive.
 *
 * @module
 */
import type { TarEntry } from "../../archive/tar_read.ts";
import type { Scratch } from "./scratch.ts";

/** Something that is done to every entry of a layer. */
export interface EntryEdit {
  /** Says all that it does: layers of the same content and the same edits are written once. */
  readonly key: string;
  /**
   * The entry as it is to be, with the same header object where nothing changes; undefined where it is left out.
   *
   * @throws {FerryError}
   */
  edit(entry: TarEntry, scratch: Scratch): TarEntry | undefined | Promise<TarEntry | undefined>;
}
