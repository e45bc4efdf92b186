import { isFerryError } from "../../errors.ts";
import type { Reference } from "../../reference/reference.ts";
import { type LayoutContext, stateOf } from "./context.ts";
import { collect } from "./garbage.ts";
import { locked, readIndex } from "./index_store.ts";
import { listPending } from "./pending.ts";
import { dropReplacedLists } from "./referrer_list.ts";

/**
 * Ends the work on a layout: lists manifests that no parent came for, and collects garbage where something was deleted or replaced. A
 * failure to collect is a warning: what was asked for is done.
 *
 * @throws {FerryError} LAYOUT_INVALID, LAYOUT_LOCKED, IO when manifests could not be listed
 */
export async function close(context: LayoutContext, reference: Reference): Promise<void> {
  const root = reference.path;
  const state = stateOf(context, root);
  await listPending(context, root);
  if (!state.garbage && state.lists.size === 0) return;
  const { garbage } = state;
  state.garbage = false;
  try {
    await locked(state, root, async () => {
      const index = await readIndex(root);
      await dropReplacedLists(context, root, index);
      if (!garbage) return;
      const { digests, bytes } = await collect(root, index, { grace: context.grace, now: context.now });
      context.log?.debug("collected garbage", { layout: root, blobs: digests.length, bytes });
    });
  } catch (error) {
    if (!isFerryError(error)) throw error;
    context.log?.warn("garbage was not collected", { layout: root, error: error.message });
  }
}
