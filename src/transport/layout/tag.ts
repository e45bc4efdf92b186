/**
 * Tags of a layout: names of entries in `index.json`.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { formatReference } from "../../reference/format.ts";
import type { Reference } from "../../reference/reference.ts";
import type { CallOptions, ListTagsOptions, TagList } from "../transport.ts";
import { type LayoutContext, stateOf } from "./context.ts";
import { addUntagged, findTag, type LayoutIndex, removeTag, tagsOf } from "./index_file.ts";
import { editIndex, readIndex } from "./index_store.ts";

/** Tag that a reference without tag and digest means. */
const DEFAULT_TAG = "latest";

/** Tags that a hint lists. */
const HINT_TAGS = 8;

/** The tag of a reference, `latest` where it has none. */
export function tagOf(reference: Reference): string {
  return reference.tag === "" ? DEFAULT_TAG : reference.tag;
}

/**
 * The entry of the reference's tag.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, which lists the tags that there are
 */
export function requireTag(index: LayoutIndex, reference: Reference): Descriptor {
  const entry = findTag(index, tagOf(reference));
  if (entry === undefined) throw tagUnknown(index, reference);
  return entry;
}

/** Tags, bytewise sorted. */
export async function listTags(
  context: LayoutContext,
  reference: Reference,
  options: ListTagsOptions,
): Promise<TagList> {
  options.signal?.throwIfAborted();
  const all = tagsOf(await readIndex(reference.path, context));
  const { last, limit } = options;
  const after = last === undefined || last === "" ? all : all.filter((tag) => tag > last);
  return { tags: limit === undefined ? after : after.slice(0, Math.max(limit, 0)) };
}

/**
 * Deletes every entry of one tag, and nothing else.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, NAME_UNKNOWN, LAYOUT_INVALID, IO
 */
export async function deleteTag(context: LayoutContext, reference: Reference, options: CallOptions): Promise<void> {
  options.signal?.throwIfAborted();
  // A folder that is not there has nothing to lock, and says so.
  await readIndex(reference.path, context);
  await editIndex(context, reference.path, (index) => {
    const entry = findTag(index, tagOf(reference));
    const after = removeTag(index, tagOf(reference));
    if (after === index) throw tagUnknown(index, reference);
    return context.keepUntagged === true && entry !== undefined ? addUntagged(after, entry, context.created) : after;
  }, options.signal);
  stateOf(context, reference.path).garbage = true;
}

function tagUnknown(index: LayoutIndex, reference: Reference): FerryError {
  const tags = tagsOf(index);
  const more = tags.length > HINT_TAGS ? ` and ${tags.length - HINT_TAGS} more` : "";
  const said = reference.tag === "" ? `Tag "${DEFAULT_TAG}" (none was given)` : `Tag "${reference.tag}"`;
  return new FerryError("MANIFEST_UNKNOWN", `${said} not found in layout "${reference.path}"`, {
    target: formatReference({ ...reference, tag: tagOf(reference), digest: "" }),
    hint: tags.length === 0
      ? "the layout has no tags; give a digest"
      : `it has ${tags.slice(0, HINT_TAGS).join(", ")}${more}`,
  });
}
