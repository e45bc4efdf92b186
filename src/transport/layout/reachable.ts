/**
 * What the entries of a layout lead to.
 *
 * @module
 */
import { FerryError, isFerryError } from "../../errors.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { type Manifest, parseManifest } from "../../oci/manifest.ts";
import { isManifestType } from "../../oci/media_type.ts";
import type { LayoutIndex } from "./index_file.ts";
import { readManifestBytes } from "./manifest_file.ts";

/**
 * Digests of everything that the entries lead to: child manifests, configs, layers and subjects, however deep and in whatever circles.
 * Lists of referrers are entries themselves. What is not there is no error: sparse layouts are allowed.
 *
 * @throws {FerryError} LAYOUT_INVALID when a manifest cannot be read, so that nobody knows what it leads to; IO
 */
export async function reachableDigests(root: string, index: LayoutIndex): Promise<Set<Digest>> {
  const seen = new Set<Digest>();
  const waiting: Descriptor[] = [];
  for (const { descriptor } of index.entries) {
    if (descriptor === undefined) {
      throw new FerryError(
        "LAYOUT_INVALID",
        `Garbage of "${root}" cannot be told: index.json has an entry that cannot be read`,
      );
    }
    waiting.push(descriptor);
  }
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next.digest)) continue;
    seen.add(next.digest);
    const manifest = await readKnown(root, next);
    if (manifest === undefined) continue;
    if (manifest.config !== undefined) seen.add(manifest.config.digest);
    for (const layer of manifest.layers) seen.add(layer.digest);
    waiting.push(...manifest.manifests);
    if (manifest.subject !== undefined) waiting.push(manifest.subject);
  }
  return seen;
}

/** A manifest; undefined where it is not there, or is a blob of some other type that an index lists. */
async function readKnown(root: string, descriptor: Descriptor): Promise<Manifest | undefined> {
  const { digest, mediaType } = descriptor;
  try {
    const bytes = await readManifestBytes(root, digest);
    return bytes === undefined ? undefined : parseManifest(bytes, { mediaType, digest });
  } catch (error) {
    if (isFerryError(error, "IO")) throw error;
    if (!isManifestType(mediaType)) return undefined;
    throw new FerryError("LAYOUT_INVALID", `Garbage of "${root}" cannot be told: manifest ${digest} cannot be read`, {
      cause: error,
      hint: "copy the image to the layout again, or delete the manifest",
    });
  }
}
