/**
 * What refers to an image that is changed: signatures, attestations, bills of materials.
 *
 * @module
 */
import { inPool } from "../copy/pool.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, parseDigest } from "../oci/digest.ts";
import { type Reference, withDigest, withTag } from "../reference/reference.ts";
import { loadTree, type TreeReader } from "./load_tree.ts";
import { type ManifestNode, manifestsOf } from "./tree.ts";

const ASKS_AT_ONCE = 8;
/** Referrers of referrers are followed this far. */
const MAX_DEPTH = 16;
/** What signing programs put behind a digest to name a tag. */
const TAG_ENDS: readonly string[] = [".sig", ".att", ".sbom"];

/** Something that belongs to a manifest as it was. */
export interface Attached {
  /** The manifest that it is about. */
  readonly subject: Digest;
  /** Type of the artifact, "" where it is not told. */
  readonly artifactType: string;
  /** Its digest, or its tag where it belongs to the manifest by that. */
  readonly name: string;
}

/** Reads the referrers of every manifest of a tree, and theirs, and makes them part of it. */
export async function attachReferrers(reader: TreeReader, root: ManifestNode): Promise<void> {
  const seen = new Set(manifestsOf(root).map(({ original }) => original.descriptor.digest));
  for (const node of manifestsOf(root)) {
    for (const referrer of node.referrers) seen.add(referrer.original.descriptor.digest);
  }
  let level = manifestsOf(root);
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: ManifestNode[] = [];
    for (const node of level) {
      for (const { digest } of await referrersOf(reader, node)) {
        if (seen.has(digest)) continue;
        seen.add(digest);
        const reference = withDigest(reader.reference, digest);
        const manifest = await reader.transport.getManifest(reference, { signal: reader.signal });
        const referrer = await loadTree(reader, manifest, false);
        node.referrers.push(referrer);
        next.push(referrer);
      }
    }
    level = next;
  }
}

/** What belongs to these manifests and does not come along: referrers, and tags made of a digest. */
export async function findAttached(reader: TreeReader, nodes: readonly ManifestNode[]): Promise<Attached[]> {
  const found: Attached[][] = nodes.map(() => []);
  await inPool(nodes, ASKS_AT_ONCE, async (node, at) => {
    const subject = node.original.descriptor.digest;
    for (const { digest, artifactType } of await referrersOf(reader, node)) {
      found[at]!.push({ subject, artifactType: artifactType ?? "", name: digest });
    }
    const { algorithm, encoded } = parseDigest(subject);
    for (const end of TAG_ENDS) {
      const tag = `${algorithm}-${encoded}${end}`;
      if (tag.length <= 128 && await exists(reader, withTag(reader.reference, tag))) {
        found[at]!.push({ subject, artifactType: "", name: tag });
      }
    }
  });
  return found.flat();
}

async function referrersOf(
  { transport, reference, signal }: TreeReader,
  node: ManifestNode,
): Promise<readonly Descriptor[]> {
  const { digest } = node.original.descriptor;
  return (await transport.listReferrers(withDigest(reference, digest), { signal })).descriptors;
}

async function exists({ transport, signal }: TreeReader, reference: Reference): Promise<boolean> {
  return await transport.headManifest(reference, { signal }) !== undefined;
}
