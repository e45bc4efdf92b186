/**
 * Which part of an index is copied when platforms are asked for.
 *
 * @module
 */
import { ANNOTATION } from "../oci/annotation.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { buildManifest, type Manifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media_type.ts";
import type { Platform } from "../oci/platform.ts";
import { selectPlatform } from "../oci/platform_select.ts";

/** On an index that was cut down to some platforms: digest of the whole one. */
export const WHOLE_INDEX_ANNOTATION = "dev.ferry.index.whole";

/**
 * Entries of an index for the platforms, in the index's order, with the attestations of what is kept.
 *
 * @throws {FerryError} PLATFORM_UNKNOWN, with the platforms that exist
 */
export function entriesFor(index: Manifest, platforms: readonly Platform[]): readonly Descriptor[] {
  const kept = new Set(platforms.map((platform) => selectPlatform(index.manifests, platform).digest));
  return index.manifests.filter(({ digest, annotations }) =>
    kept.has(digest) || kept.has(annotations?.[ANNOTATION.dockerReferenceDigest] ?? "")
  );
}

/** Of the entries for one platform that which is the image; the others are attestations of it. */
export function onlyImage(entries: readonly Descriptor[]): Descriptor {
  return entries.find(({ annotations }) => annotations?.[ANNOTATION.dockerReferenceDigest] === undefined)!;
}

/**
 * Digest of what a copy with these platforms names at the target, from the manifest of the source.
 *
 * @throws {FerryError} PLATFORM_UNKNOWN, with the platforms that exist
 */
export function chosenDigest(whole: Manifest, platforms: readonly Platform[], sparse: boolean): Digest {
  if (platforms.length === 0 || whole.kind !== "index") return whole.descriptor.digest;
  const entries = entriesFor(whole, platforms);
  if (sparse) return whole.descriptor.digest;
  return platforms.length === 1 ? onlyImage(entries).digest : cutIndex(whole, entries).descriptor.digest;
}

/** The index with just these entries; every other field of it is kept. Its digest is a new one, which it says in an annotation. */
export function cutIndex(index: Manifest, entries: readonly Descriptor[]): Manifest {
  if (entries.length === index.manifests.length) return index;
  const digests = new Set(entries.map(({ digest }) => digest));
  const manifests = (index.json.manifests as { digest: string }[]).filter(({ digest }) => digests.has(digest));
  const { mediaType } = index.descriptor;
  const annotated = mediaType === MEDIA_TYPE.ociIndex;
  return buildManifest(
    {
      ...index.json,
      manifests,
      ...(annotated
        ? { annotations: { ...index.annotations, [WHOLE_INDEX_ANNOTATION]: index.descriptor.digest } }
        : {}),
    },
    mediaType,
  );
}
