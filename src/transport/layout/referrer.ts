/**
 * Referrers of a manifest in a layout: from the fallback list, as regctl keeps it, and from the entries of `index.json` that have the
 * manifest as their subject, as oras lists them.
 *
 * @module
 */
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, parseDigest } from "../../oci/digest.ts";
import type { Reference } from "../../reference/reference.ts";
import type { ListReferrersOptions, ReferrerList } from "../transport.ts";
import type { LayoutContext, SubjectLink } from "./context.ts";
import { descriptorsOf, findTag, type LayoutIndex } from "./index_file.ts";
import { findIndex } from "./index_store.ts";
import { tryManifest } from "./manifest_file.ts";
import { readList, referrerDescriptor } from "./referrer_list.ts";
import { tagOf } from "./tag.ts";

/** Manifests that are read at a time. */
const READS = 16;

/** Referrers of the reference's digest, or of what its tag names. */
export async function listReferrers(
  context: LayoutContext,
  reference: Reference,
  options: ListReferrersOptions,
): Promise<ReferrerList> {
  options.signal?.throwIfAborted();
  if (reference.digest !== "") parseDigest(reference.digest);
  const root = reference.path;
  const index = await findIndex(root, context);
  if (index === undefined) return { descriptors: [], from: "none" };
  const subject = reference.digest || findTag(index, tagOf(reference))?.digest;
  if (subject === undefined) return { descriptors: [], from: "none" };
  const list = await readList(root, index, subject);
  const found = new Map<Digest, Descriptor>();
  for (const one of list?.manifests ?? []) {
    if (!found.has(one.digest)) found.set(one.digest, await described(context, root, one));
  }
  for (const { subject: of, descriptor } of await linksOf(context, root, index, options.signal)) {
    if (of === subject && !found.has(descriptor.digest)) found.set(descriptor.digest, descriptor);
  }
  const wanted = options.artifactType;
  const descriptors = [...found.values()].filter((one) =>
    wanted === undefined || wanted === "" || one.artifactType === wanted
  );
  return { descriptors, from: list === undefined && found.size === 0 ? "none" : "tag" };
}

/** A descriptor with the artifact type that its manifest says, where the list leaves it out. */
async function described(context: LayoutContext, root: string, listed: Descriptor): Promise<Descriptor> {
  if (listed.artifactType !== undefined && listed.artifactType !== "") return listed;
  const link = await linkOf(context, root, listed);
  return link === null ? listed : { ...link.descriptor, ...listed, ...artifactTypeOf(link.descriptor) };
}

function artifactTypeOf({ artifactType }: Descriptor): { readonly artifactType?: string } {
  return artifactType === undefined ? {} : { artifactType };
}

/** All entries that have a subject. */
async function linksOf(
  context: LayoutContext,
  root: string,
  index: LayoutIndex,
  signal: AbortSignal | undefined,
): Promise<SubjectLink[]> {
  const entries = descriptorsOf(index);
  const links: SubjectLink[] = [];
  for (let at = 0; at < entries.length; at += READS) {
    signal?.throwIfAborted();
    const some = await Promise.all(entries.slice(at, at + READS).map((entry) => linkOf(context, root, entry)));
    links.push(...some.filter((link) => link !== null));
  }
  return links;
}

/** What a manifest says of its subject; remembered, since content does not change under its digest. */
async function linkOf(context: LayoutContext, root: string, entry: Descriptor): Promise<SubjectLink | null> {
  const known = context.subjects.get(entry.digest);
  if (known !== undefined) return known;
  const manifest = await tryManifest(root, entry);
  if (manifest === undefined) return null;
  const { subject } = manifest;
  const link = subject === undefined ? null : { subject: subject.digest, descriptor: referrerDescriptor(manifest) };
  context.subjects.set(entry.digest, link);
  return link;
}
