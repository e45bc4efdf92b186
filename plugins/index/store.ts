import {
  buildManifest,
  type CommandResult,
  type Descriptor,
  formatReference,
  type Manifest,
  type Reference,
  storedManifestData,
  type Transport,
  withDigest,
} from "../../src/mod.ts";

/** Stores an index with other entries under the name that it had; one that was named by digest alone gets a new one, which is printed. */
export async function storeChanged(
  transport: Transport,
  reference: Reference,
  index: Manifest,
  entries: readonly Descriptor[],
  signal: AbortSignal,
): Promise<CommandResult> {
  const manifest = buildManifest({ ...index.json, manifests: entries }, index.descriptor.mediaType);
  const byDigest = reference.tag === "" && reference.digest !== "";
  return await store(transport, reference, manifest, byDigest, signal);
}

/** Stores an index, by its digest or under the name that was given. */
export async function store(
  transport: Transport,
  reference: Reference,
  manifest: Manifest,
  byDigest: boolean,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { digest } = manifest.descriptor;
  const target = byDigest ? withDigest(reference, digest) : { ...reference, digest: "" };
  await transport.putManifest(target, manifest, { signal });
  return {
    data: () => storedManifestData({ manifest, reference: target, name: formatReference(target) }),
    text: () => byDigest ? `${digest}\n` : "",
  };
}
