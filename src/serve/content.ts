/**
 * What a manifest refers to must be there before it comes (distribution-spec, "Push").
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import type { Manifest } from "../oci/manifest.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";

/** Layers that need not be in a registry: they come from the places that their descriptors name. */
const FOREIGN = /nondistributable|foreign/;

/** Missing blobs that an answer lists. */
const MISSING_MOST = 100;

/**
 * Checks that all content of a manifest is there, but for its subject and foreign layers; what is there stays for now.
 *
 * @throws {Refusal} MANIFEST_BLOB_UNKNOWN, MANIFEST_INVALID where a size is not that of the content
 */
export async function requireContent(registry: Registry, name: string, manifest: Manifest): Promise<void> {
  const { config, layers, manifests } = manifest;
  const missing: string[] = [];
  const needed = [...(config === undefined ? [] : [config]), ...layers, ...manifests];
  for (const one of needed) {
    const size = await registry.reliedSize(name, one.digest);
    if (size === undefined) {
      if (!isForeign(one)) missing.push(one.digest);
    } else if (one.size >= 0 && size !== one.size) {
      throw new Refusal(400, "MANIFEST_INVALID", "A descriptor has another size than its content", {
        detail: { digest: one.digest, size: one.size, actual: size },
      });
    }
  }
  if (missing.length === 0) return;
  throw new Refusal(400, "MANIFEST_BLOB_UNKNOWN", "Manifest refers to content that is not in the repository", {
    detail: { missing: missing.slice(0, MISSING_MOST) },
  });
}

function isForeign({ mediaType, urls }: Descriptor): boolean {
  return FOREIGN.test(mediaType) || (urls !== undefined && urls !== null && urls.length > 0);
}
