/**
 * Garbage of a whole folder of layouts: manifests without a tag where they are not wanted, lists of referrers whose subject is gone,
 * blobs that nothing refers to, uploads that nobody goes on with. Whatever is younger than the grace period stays.
 *
 * @module
 */
import { isFerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { stateOf } from "../transport/layout/context.ts";
import { entryTag } from "../transport/layout/entry_tag.ts";
import { type Collected, collectGarbage } from "../transport/layout/garbage.ts";
import { descriptorsOf, type LayoutIndex, removeEntries } from "../transport/layout/index_file.ts";
import { editIndex, readIndex } from "../transport/layout/index_store.ts";
import { blobPath } from "../transport/layout/paths.ts";
import { reachableDigests } from "../transport/layout/reachable.ts";
import { isReferrerList } from "./index_view.ts";
import { type Layouts, statFile } from "./layouts.ts";

/** Options of {@linkcode collectLayout}. */
export interface GarbageOptions {
  /** Only says what would go. */
  readonly dryRun: boolean;
  /** Age in milliseconds below which nothing goes. */
  readonly grace: number;
  /** Manifests without a tag go as well, unless something refers to them. */
  readonly untagged: boolean;
}

/** What went from one repository. */
export interface CollectedLayout extends Collected {
  /** Repository. */
  readonly name: string;
  /** Entries of `index.json` that went. */
  readonly entries: number;
}

/**
 * Collects the garbage of one repository.
 *
 * @throws {FerryError} LAYOUT_INVALID, LAYOUT_LOCKED, IO
 */
export async function collectLayout(layouts: Layouts, name: string, options: GarbageOptions): Promise<CollectedLayout> {
  const root = layouts.root(name);
  const { grace, dryRun } = options;
  const { now } = layouts.context;
  if (dryRun) {
    const gone = await deadEntries(layouts, root, await readIndex(root), options);
    const index = gone.size === 0
      ? {}
      : { index: removeEntries(await readIndex(root), (entry) => isGone(entry, gone)) };
    return { name, entries: gone.size, ...await collectGarbage(root, { grace, dryRun, now, ...index }) };
  }
  try {
    const entries = await removeDead(layouts, root, options);
    return { name, entries, ...await collectGarbage(root, { grace, dryRun, now }) };
  } catch (error) {
    if (!isFerryError(error, "IO")) throw error;
    // On a full disk index.json cannot be written anew, until the blobs that nothing refers to have made room.
    const first = await collectGarbage(root, { grace, dryRun, now });
    if (first.bytes === 0) throw error;
    const entries = await removeDead(layouts, root, options);
    const { digests, partials, bytes } = await collectGarbage(root, { grace, dryRun, now });
    return {
      name,
      entries,
      digests: [...first.digests, ...digests],
      partials: first.partials + partials,
      bytes: first.bytes + bytes,
    };
  }
}

/** Takes entries that nothing needs out of `index.json`. */
async function removeDead(layouts: Layouts, root: string, options: GarbageOptions): Promise<number> {
  const { context } = layouts;
  let gone: ReadonlySet<Descriptor> = new Set();
  await editIndex(context, root, async (index) => {
    gone = await deadEntries(layouts, root, index, options);
    return removeEntries(index, (entry) => gone.has(entry));
  });
  // What was just taken out is not adopted by a parent any more.
  const { listed } = stateOf(context, root);
  for (const { digest } of gone) listed.delete(digest);
  return gone.size;
}

function isGone(entry: Descriptor, gone: ReadonlySet<Descriptor>): boolean {
  for (const one of gone) if (one.digest === entry.digest && entryTag(one) === entryTag(entry)) return true;
  return false;
}

/** Entries that nothing needs. */
async function deadEntries(
  layouts: Layouts,
  root: string,
  index: LayoutIndex,
  { grace, untagged }: GarbageOptions,
): Promise<ReadonlySet<Descriptor>> {
  const before = layouts.context.now() - grace;
  const isOld = (digest: Digest): boolean => {
    const mtime = statFile(blobPath(root, digest))?.mtime;
    return mtime === undefined || mtime === null || mtime.getTime() <= before;
  };
  const roots: Descriptor[] = [];
  const lists: Descriptor[] = [];
  const bare: Descriptor[] = [];
  for (const entry of descriptorsOf(index)) {
    const tag = entryTag(entry);
    if (tag !== undefined) (isReferrerList(tag, entry) ? lists : roots).push(entry);
    else if (untagged && isOld(entry.digest)) bare.push(entry);
    else roots.push(entry);
  }
  if (lists.length === 0 && bare.length === 0) return new Set();
  const waiting = new Set(lists);
  const kept = new Set(roots);
  // A referrer may be a subject itself: lists are looked at until no more of them is kept.
  for (;;) {
    const used = await reachableDigests(root, removeEntries(index, (entry) => !kept.has(entry)));
    const found = [...waiting].filter((list) => !isOld(list.digest) || used.has(subjectOf(list)));
    if (found.length === 0) return new Set([...waiting, ...bare.filter((entry) => !used.has(entry.digest))]);
    for (const list of found) {
      waiting.delete(list);
      kept.add(list);
    }
  }
}

function subjectOf(list: Descriptor): Digest {
  return entryTag(list)!.replace("-", ":");
}
