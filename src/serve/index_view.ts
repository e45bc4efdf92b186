/**
 * What `index.json` of a repository says, kept in memory while the file is the same: other processes may change it at any time.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { isIndexType } from "../oci/media_type.ts";
import type { LayoutContext } from "../transport/layout/context.ts";
import { entryTag, REF_NAME } from "../transport/layout/entry_tag.ts";
import { descriptorsOf, type LayoutIndex } from "../transport/layout/index_file.ts";
import { findIndex } from "../transport/layout/index_store.ts";
import { isSameFile } from "../transport/layout/known_index.ts";
import { indexPath } from "../transport/layout/paths.ts";
import { statFile } from "./layouts.ts";

/** The entries of a layout by tag and by digest. */
export interface IndexView {
  /** Entries by tag. */
  readonly tags: ReadonlyMap<string, Descriptor>;
  /** Entries by digest. */
  readonly digests: ReadonlyMap<Digest, Descriptor>;
  /** Tags as they are listed, bytewise sorted: without those that stand for lists of referrers. */
  readonly names: readonly string[];
}

/** Repositories whose view is kept. */
const VIEWS_MOST = 1000;

/** Tag of a list of referrers (distribution-spec, "Referrers Tag Schema"). */
const FALLBACK_TAG = /^sha(?:256|512)-[0-9a-f]{64}$/;

interface Kept {
  readonly info: Deno.FileInfo;
  readonly view: IndexView;
}

/** Views of many repositories. */
export class IndexViews {
  readonly #context: LayoutContext;
  readonly #views = new Map<string, Kept>();

  /** Views of layouts that the context knows. */
  constructor(context: LayoutContext) {
    this.#context = context;
  }

  /**
   * The view of a layout, at once where it is in memory and the file has not changed; undefined where there is no layout.
   *
   * @throws {FerryError} LAYOUT_INVALID, IO
   */
  get(root: string): IndexView | Promise<IndexView | undefined> {
    // Asked before the file is read: what is written in between shows with the next request.
    const info = statFile(indexPath(root));
    const kept = this.#views.get(root);
    if (info !== undefined && kept !== undefined && isSameFile(kept.info, info)) return kept.view;
    return this.#read(root, info);
  }

  /** Forgets a layout, after a change by this process. */
  forget(root: string): void {
    this.#views.delete(root);
  }

  async #read(root: string, info: Deno.FileInfo | undefined): Promise<IndexView | undefined> {
    const index = await findIndex(root, this.#context);
    if (index === undefined) {
      this.#views.delete(root);
      return undefined;
    }
    const view = makeView(index);
    if (info === undefined) return view;
    if (this.#views.size >= VIEWS_MOST) this.#views.clear();
    this.#views.set(root, { info, view });
    return view;
  }
}

/** True for the tag of a list of referrers that a server keeps to itself. */
export function isReferrerList(tag: string, entry: Descriptor): boolean {
  return FALLBACK_TAG.test(tag) && isIndexType(entry.mediaType);
}

function makeView(index: LayoutIndex): IndexView {
  const tags = new Map<string, Descriptor>();
  const digests = new Map<Digest, Descriptor>();
  const entries = descriptorsOf(index);
  for (const entry of entries) {
    if (!digests.has(entry.digest)) digests.set(entry.digest, entry);
    const name = entry.annotations?.[REF_NAME];
    if (name !== undefined && name === entryTag(entry) && !tags.has(name)) tags.set(name, entry);
  }
  for (const entry of entries) {
    const tag = entryTag(entry);
    if (tag !== undefined && !tags.has(tag)) tags.set(tag, entry);
  }
  const names = [...tags].filter(([tag, entry]) => !isReferrerList(tag, entry)).map(([tag]) => tag).sort();
  return { tags, digests, names };
}
