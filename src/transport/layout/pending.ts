/**
 * Manifests that were put by digest: children of an index that is about to come need no entry of their own, others get one when the
 * work on the layout ends.
 *
 * @module
 */
import type { Digest } from "../../oci/digest.ts";
import { type LayoutContext, type LayoutState, stateOf } from "./context.ts";
import { addUntagged, type LayoutIndex, removeBare } from "./index_file.ts";
import { editIndex } from "./index_store.ts";

/** A parent of these manifests has come: they, and what is below them, need no entry, and lose the one that they got too early. */
export function adopt(state: LayoutState, index: LayoutIndex, children: readonly Digest[]): LayoutIndex {
  const early = new Set<Digest>();
  const waiting = [...children];
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    if (state.listed.delete(digest)) early.add(digest);
    const pending = state.pending.get(digest);
    if (pending === undefined) continue;
    state.pending.delete(digest);
    waiting.push(...pending.children);
  }
  return early.size === 0 ? index : removeBare(index, (digest) => early.has(digest));
}

/** Lists what is still without an entry and without a parent. */
export async function listPending(context: LayoutContext, root: string): Promise<void> {
  const state = stateOf(context, root);
  if (state.pending.size === 0) return;
  const children = new Set([...state.pending.values()].flatMap((pending) => pending.children));
  await editIndex(context, root, (index) => {
    let after = index;
    for (const [digest, { descriptor }] of state.pending) {
      if (children.has(digest)) continue;
      const before = after;
      after = addUntagged(after, descriptor, context.created);
      if (after !== before) state.listed.add(digest);
    }
    state.pending.clear();
    return after;
  });
}
