/**
 * An archive with every entry passed through edits.
 *
 * @module
 */
import { readTar, type TarEntry } from "../../archive/tar_read.ts";
import { TAR_END, tarEntry } from "../../archive/tar_write.ts";
import { FerryError } from "../../errors.ts";
import type { EntryEdit } from "./entry_edit.ts";
import type { Scratch } from "./scratch.ts";

/** What was done to an archive, and what came of it. */
export class Tally {
  /** Entries that are others now. */
  changed = 0;
  /** Entries that are left out. */
  removed = 0;
  /** Entries that are left. */
  left = 0;
  /** A file whose holes the archive leaves out: it cannot be written again. */
  sparse: string | undefined;

  /** True when anything changed. */
  get differs(): boolean {
    return this.changed > 0 || this.removed > 0;
  }

  /**
   * Fails where a changed archive cannot be written.
   *
   * @throws {FerryError} UNSUPPORTED
   */
  check(): void {
    if (this.sparse === undefined || !this.differs) return;
    throw new FerryError(
      "UNSUPPORTED",
      `Layer cannot be written again: file "${this.sparse.slice(0, 200)}" is stored sparse`,
      {
        hint: "build the image without sparse files in its layers",
      },
    );
  }
}

/**
 * The bytes of the archive after the edits.
 *
 * @throws {FerryError} ARCHIVE_INVALID, UNSUPPORTED, and what the edits throw
 */
export async function* editedTar(
  archive: AsyncIterable<Uint8Array>,
  edits: readonly EntryEdit[],
  scratch: Scratch,
  tally: Tally,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const entry of readTar(archive)) {
    const now = await editedEntry(entry, edits, scratch, tally);
    if (now === undefined) continue;
    if (now.sparse) tally.sparse ??= now.header.name;
    else yield* tarEntry(now.header, now.body);
    tally.check();
  }
  yield TAR_END;
}

/** True when the edits change anything in the archive; reads it to the first change, or to its end. */
export async function editsDiffer(
  archive: AsyncIterable<Uint8Array>,
  edits: readonly EntryEdit[],
  scratch: Scratch,
): Promise<boolean> {
  const tally = new Tally();
  for await (const entry of readTar(archive)) {
    await editedEntry(entry, edits, scratch, tally);
    if (tally.differs) return true;
  }
  return false;
}

async function editedEntry(
  entry: TarEntry,
  edits: readonly EntryEdit[],
  scratch: Scratch,
  tally: Tally,
): Promise<TarEntry | undefined> {
  let now: TarEntry = entry;
  for (const { edit } of edits) {
    const made = edit(now, scratch);
    const next = made instanceof Promise ? await made : made;
    if (next === undefined) {
      tally.removed++;
      return undefined;
    }
    now = next;
  }
  tally.left++;
  if (now.header !== entry.header) tally.changed++;
  return now;
}
