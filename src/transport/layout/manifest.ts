/**
 * Manifests of a layout.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { type Manifest, parseManifest } from "../../oci/manifest.ts";
import { isManifestType } from "../../oci/media_type.ts";
import type { Reference } from "../../reference/reference.ts";
import type { CallOptions, PutManifestResult } from "../transport.ts";
import { removeQuietly } from "./atomic.ts";
import { blobSize } from "./blob.ts";
import { type LayoutContext, stateOf } from "./context.ts";
import { keepFresh } from "./fresh.ts";
import { addUntagged, findTag, type LayoutIndex, removeEntries, setTag } from "./index_file.ts";
import { editIndex, ensureLayout, findIndex, readIndex } from "./index_store.ts";
import { readManifest, tryManifest, writeManifest } from "./manifest_file.ts";
import { blobPath } from "./paths.ts";
import { adopt } from "./pending.ts";
import { addReferrer, referrerDescriptor, removeReferrer } from "./referrer_list.ts";
import { requireTag, tagOf } from "./tag.ts";

/** Descriptor of a manifest that is there whole, else undefined. */
export async function headManifest(
  context: LayoutContext,
  reference: Reference,
  options: CallOptions,
): Promise<Descriptor | undefined> {
  options.signal?.throwIfAborted();
  const index = await findIndex(reference.path, context);
  const entry = index === undefined ? undefined : entryOf(index, reference);
  const digest = reference.digest || entry?.digest;
  if (digest === undefined) return undefined;
  if (entry !== undefined && isManifestType(entry.mediaType)) {
    const size = await blobSize(reference.path, digest);
    return size === entry.size ? { mediaType: entry.mediaType, digest, size } : undefined;
  }
  const manifest = await tryManifest(reference.path, { mediaType: entry?.mediaType ?? "", digest, size: -1 });
  return manifest === undefined
    ? undefined
    : { mediaType: manifest.descriptor.mediaType, digest, size: manifest.raw.byteLength };
}

/**
 * A manifest, checked against its digest and the size that its entry says.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, NAME_UNKNOWN, LAYOUT_INVALID, MANIFEST_INVALID, MANIFEST_TOO_LARGE, DIGEST_MISMATCH, SIZE_MISMATCH
 */
export async function getManifest(
  context: LayoutContext,
  reference: Reference,
  options: CallOptions,
): Promise<Manifest> {
  options.signal?.throwIfAborted();
  const index = await readIndex(reference.path, context);
  const entry = reference.digest === "" ? requireTag(index, reference) : entryOf(index, reference);
  const digest = reference.digest || entry!.digest;
  const manifest = await readManifest(
    reference.path,
    digest,
    entry === undefined ? {} : { mediaType: entry.mediaType, size: entry.size },
  );
  if (manifest === undefined) throw manifestUnknown(reference, digest, entry !== undefined);
  return manifest;
}

/** How a manifest is stored. */
export interface StoreOptions extends CallOptions {
  /** A manifest that is put by digest alone gets its entry at once as well. */
  readonly listNow?: boolean;
  /**
   * Run before `index.json` names the manifest, under the lock: nobody collects garbage meanwhile, and what is there then stays. What
   * it throws refuses the manifest.
   */
  readonly check?: () => Promise<void>;
}

/**
 * Stores a manifest. With a tag or a subject `index.json` says so at once. By digest alone, its entry waits: when a parent of it is put
 * it needs none, else it comes when the work on the layout ends.
 *
 * @throws {FerryError} DIGEST_MISMATCH when the reference names another digest, LAYOUT_INVALID, LAYOUT_LOCKED, IO
 */
export async function putManifest(
  context: LayoutContext,
  reference: Reference,
  manifest: Manifest,
  options: StoreOptions,
): Promise<PutManifestResult> {
  const { signal, listNow = false, check } = options;
  signal?.throwIfAborted();
  const root = reference.path;
  const { raw, descriptor: { mediaType } } = manifest;
  const digest = reference.digest || manifest.descriptor.digest;
  const parsed = parseManifest(raw, { mediaType, digest });
  const { descriptor } = parsed;
  const state = stateOf(context, root);
  await keepFresh(context, root);
  await ensureLayout(context, root, signal);
  await writeManifest(context, root, digest, raw);
  const children = manifest.manifests.map((child) => child.digest);
  const isBare = reference.tag === "" && manifest.subject === undefined;
  if (isBare && !listNow) {
    state.pending.set(digest, { descriptor, children });
    return { descriptor };
  }
  await editIndex(context, root, async (index) => {
    let after = index;
    await check?.();
    // Whoever waits for the lock longer than the grace period may find it collected.
    if (await blobSize(root, digest) === undefined) await writeManifest(context, root, digest, raw);
    if (isBare) {
      after = addUntagged(after, descriptor, context.created);
      if (after !== index) state.listed.add(digest);
    }
    if (manifest.subject !== undefined) {
      after = await addReferrer(context, root, after, manifest.subject.digest, referrerDescriptor(parsed));
    }
    if (reference.tag !== "") {
      const replaced = findTag(after, reference.tag);
      if (replaced !== undefined && replaced.digest !== digest) state.garbage = true;
      after = setTag(after, reference.tag, descriptor, context.created);
      if (context.keepUntagged === true && replaced !== undefined) {
        after = addUntagged(after, replaced, context.created);
      }
    }
    return adopt(state, after, children);
  }, signal);
  return { descriptor };
}

/**
 * Deletes a manifest with every entry that names it, and its place in its subject's list of referrers.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, NAME_UNKNOWN, LAYOUT_INVALID, LAYOUT_LOCKED, IO
 */
export async function deleteManifest(
  context: LayoutContext,
  reference: Reference,
  options: CallOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  const root = reference.path;
  const state = stateOf(context, root);
  let path = "";
  const removeEntry = async (index: LayoutIndex) => {
    const digest = reference.digest || requireTag(index, reference).digest;
    path = blobPath(root, digest);
    const manifest = await tryManifest(root, { mediaType: "", digest, size: -1 });
    let after = removeEntries(index, (entry) => entry.digest === digest);
    if (after === index && await blobSize(root, digest) === undefined) throw manifestUnknown(reference, digest, false);
    if (manifest?.subject !== undefined) {
      after = await removeReferrer(context, root, after, manifest.subject.digest, digest);
    }
    state.pending.delete(digest);
    state.garbage = true;
    return after;
  };
  const removeFile = async () => {
    state.relied.delete(path);
    await removeQuietly(path);
  };
  // The file goes last, so that no entry ever names one that is gone, and under the lock, where nobody puts it again.
  await editIndex(context, root, removeEntry, options.signal, removeFile);
}

/** The entry that a reference means: by its digest where it has one, else by its tag. */
function entryOf(index: LayoutIndex, reference: Reference): Descriptor | undefined {
  if (reference.digest === "") return findTag(index, tagOf(reference));
  return index.entries.find(({ descriptor }) => descriptor?.digest === reference.digest)?.descriptor;
}

function manifestUnknown(reference: Reference, digest: Digest, listed: boolean): FerryError {
  return new FerryError("MANIFEST_UNKNOWN", `Manifest ${digest} not found in layout "${reference.path}"`, {
    hint: listed
      ? "index.json names it, but its file is gone: copy the image to the layout again"
      : "check the digest, or give a tag",
  });
}
