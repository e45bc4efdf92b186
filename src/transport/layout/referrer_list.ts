/**
 * A subject's fallback list of referrers: an index under the tag `algorithm-encoded` of the subject's digest (distribution-spec,
 * "Referrers Tag Schema"). It changes only under the lock of the layout.
 *
 * @module
 */
import { type Descriptor, isJsonObject, type JsonObject } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { buildManifest, type Manifest } from "../../oci/manifest.ts";
import { fallbackTag } from "../../oci/referrers_tag.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import { removeQuietly } from "./atomic.ts";
import { type LayoutContext, stateOf } from "./context.ts";
import { descriptorsOf, findTag, type LayoutIndex, removeTag, setTag } from "./index_file.ts";
import { tryManifest, writeManifest } from "./manifest_file.ts";
import { blobPath } from "./paths.ts";

/** How a list names a referrer: an image without an artifact type of its own has that of its config (distribution-spec, "Listing Referrers"). */
export function referrerDescriptor(referrer: Manifest): Descriptor {
  const artifactType = referrer.artifactType ?? referrer.config?.mediaType;
  return { ...referrer.descriptor, ...(artifactType === undefined ? {} : { artifactType }) };
}

/** The list of a subject; undefined where there is none. */
export async function readList(root: string, index: LayoutIndex, subject: Digest): Promise<Manifest | undefined> {
  const entry = findTag(index, fallbackTag(subject));
  const manifest = entry === undefined ? undefined : await tryManifest(root, entry);
  return manifest?.kind === "index" ? manifest : undefined;
}

/** Adds a referrer; one that is listed already is not listed again. */
export async function addReferrer(
  context: LayoutContext,
  root: string,
  index: LayoutIndex,
  subject: Digest,
  referrer: Descriptor,
): Promise<LayoutIndex> {
  const list = await readList(root, index, subject);
  if (list?.manifests.some((one) => one.digest === referrer.digest)) return index;
  return await replaceList(context, root, index, subject, list, [...rawManifests(list), referrer]);
}

/** Takes a referrer out; the list goes with its last one. */
export async function removeReferrer(
  context: LayoutContext,
  root: string,
  index: LayoutIndex,
  subject: Digest,
  referrer: Digest,
): Promise<LayoutIndex> {
  const list = await readList(root, index, subject);
  const before = rawManifests(list);
  const after = before.filter((one) => !(isJsonObject(one) && one.digest === referrer));
  if (after.length === before.length) return index;
  return await replaceList(context, root, index, subject, list, after);
}

async function replaceList(
  context: LayoutContext,
  root: string,
  index: LayoutIndex,
  subject: Digest,
  list: Manifest | undefined,
  manifests: readonly unknown[],
): Promise<LayoutIndex> {
  const tag = fallbackTag(subject);
  const state = stateOf(context, root);
  const old = findTag(index, tag);
  if (old !== undefined && !state.lists.has(blobPath(root, old.digest))) state.garbage = true;
  if (manifests.length === 0) return removeTag(index, tag);
  const json: JsonObject = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, ...list?.json, manifests };
  const made = buildManifest(json, MEDIA_TYPE.ociIndex);
  if (await writeManifest(context, root, made.descriptor.digest, made.raw)) await remember(context, root, made);
  return setTag(index, tag, made.descriptor, context.created);
}

/** Remembers when a list was written: while its file has that time, nobody else counts on it. */
async function remember(context: LayoutContext, root: string, list: Manifest): Promise<void> {
  const path = blobPath(root, list.descriptor.digest);
  const info = await Deno.stat(path).catch(() => undefined);
  if (info?.mtime) stateOf(context, root).lists.set(path, info.mtime.getTime());
}

/** Removes lists that this transport wrote and replaced since, where nobody else has come to count on them. */
export async function dropReplacedLists(context: LayoutContext, root: string, index: LayoutIndex): Promise<void> {
  const { lists, relied } = stateOf(context, root);
  const used = new Set(descriptorsOf(index).map((entry) => blobPath(root, entry.digest)));
  for (const [path, written] of [...lists]) {
    if (used.has(path)) continue;
    lists.delete(path);
    relied.delete(path);
    const info = await Deno.stat(path).catch(() => undefined);
    if (info?.mtime?.getTime() === written) await removeQuietly(path);
  }
}

function rawManifests(list: Manifest | undefined): readonly unknown[] {
  const manifests = list?.json.manifests;
  return Array.isArray(manifests) ? manifests : [];
}
