import {
  type CommandResult,
  type Context,
  type Descriptor,
  type Digest,
  findReferrers,
  formatPlatform,
  formatReference,
  type InputOf,
  type Reference,
  type ReferrerQuery,
  type Transport,
  treeData,
  type TreeNode,
  withDigest,
  withTag,
} from "../../src/mod.ts";
import { queryOf } from "./query.ts";
import type { tree } from "./specs.ts";

/** What all of a walk shares. */
interface Walk {
  readonly transport: Transport;
  readonly query: ReferrerQuery;
  /** Tags of the repository, where those of digests are wanted. */
  readonly tags: readonly string[];
  readonly signal: AbortSignal;
}

/** What is known of a node before it is got. */
interface Entry {
  readonly transport: Transport;
  readonly reference: Reference;
  readonly descriptor?: Descriptor;
}

/** Handler of `artifact tree`. */
export default async function show(context: Context, { args, flags }: InputOf<typeof tree>): Promise<CommandResult> {
  const { signal } = context;
  const transport = await context.transport(args.image);
  const tags = flags["digest-tags"] === true ? (await transport.listTags(args.image, { signal })).tags : [];
  const query = await queryOf(context, flags);
  const root = await nodeOf({ transport, query, tags, signal }, { transport, reference: args.image }, new Set());
  const text = () => `Ref: ${root.name}\nDigest: ${branchText(root, "")}`;
  return { text, data: () => treeData(root, text) };
}

/** A node and all below it. What is above a node already is not walked again: referrers may lead in a circle. */
async function nodeOf(walk: Walk, entry: Entry, above: ReadonlySet<Digest>): Promise<TreeNode> {
  const { signal, query } = walk;
  const { transport, reference, descriptor } = entry;
  const manifest = await transport.getManifest(reference, { signal });
  const { digest } = manifest.descriptor;
  const node = {
    reference,
    name: formatReference(reference),
    manifest,
    ...(descriptor?.platform == null ? {} : { platform: descriptor.platform }),
    ...(descriptor?.artifactType === undefined ? {} : { artifactType: descriptor.artifactType }),
  };
  if (above.has(digest)) return { ...node, children: [], referrers: [] };
  const path = new Set([...above, digest]);
  const children = await Promise.all(
    manifest.manifests.map((child) =>
      nodeOf(walk, { transport, reference: withDigest(reference, child.digest), descriptor: child }, path)
    ),
  );
  const found = await findReferrers(transport, withDigest(reference, digest), query);
  const place = query.external ?? { transport, reference };
  const referrers = await Promise.all(
    found.descriptors.map((referrer) =>
      nodeOf(walk, {
        transport: place.transport,
        reference: withDigest(place.reference, referrer.digest),
        descriptor: referrer,
      }, path)
    ),
  );
  const bare = digest.replace(":", "-");
  const tagged = await Promise.all(
    walk.tags.filter((tag) => tag.startsWith(bare) && tag !== bare)
      .map((tag) => nodeOf(walk, { transport, reference: withTag(reference, tag) }, path)),
  );
  return { ...node, children, referrers: [...referrers, ...tagged] };
}

function branchText(node: TreeNode, indent: string): string {
  const { platform, artifactType = "", reference, manifest } = node;
  const tag = artifactType === "" && reference.tag.startsWith("sha256-") ? `: ${reference.tag}` : "";
  const parts = [
    manifest.descriptor.digest,
    platform === undefined ? "" : ` [${formatPlatform(platform)}]`,
    artifactType === "" ? tag : `: ${artifactType}`,
    "\n",
  ];
  for (const [title, nodes] of [["Children", node.children], ["Referrers", node.referrers]] as const) {
    if (nodes.length === 0) continue;
    parts.push(`${indent}${title}:\n`, ...nodes.map((child) => `${indent}  - ${branchText(child, `${indent}    `)}`));
  }
  return parts.join("");
}
