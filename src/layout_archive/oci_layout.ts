/**
 * An OCI image layout in an archive (image-spec, image-layout.md).
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { type Digest, parseDigest } from "../oci/digest.ts";
import { MANIFEST_MAX_BYTES, parseManifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media_type.ts";
import { isTag } from "../reference/grammar.ts";
import { tagOfName } from "./choose.ts";
import type { ArchiveContent, ArchiveEntry, StoredBytes } from "./content.ts";
import type { TarArchive } from "./tar_index.ts";

const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";

/** True when the archive holds a layout. */
export function isLayout(archive: TarArchive): boolean {
  return archive.find("index.json") !== undefined;
}

/**
 * The layout in an archive. Blobs are not checked: who reads them does that.
 *
 * @throws {FerryError} LAYOUT_INVALID, MANIFEST_INVALID
 */
export async function layoutContent(archive: TarArchive): Promise<ArchiveContent> {
  await checkVersion(archive);
  const raw = await archive.small("index.json", MANIFEST_MAX_BYTES);
  if (raw === undefined) throw new FerryError("LAYOUT_INVALID", "Archive has no index.json");
  const index = parseManifest(raw, { mediaType: MEDIA_TYPE.ociIndex });
  const entries = index.manifests.map((entry): ArchiveEntry => {
    const { annotations, ...descriptor } = entry;
    const { [REF_NAME]: tag = "", [CONTAINERD_NAME]: name = "", ...others } = annotations ?? {};
    return {
      descriptor: Object.keys(others).length === 0 ? descriptor : { ...descriptor, annotations: others },
      tag: tagOf(tag) || tagOf(name),
      name: name || (isTag(tag) ? "" : tag),
    };
  });
  return { entries, find: (digest) => blobOf(archive, digest) };
}

/** A tag by itself, or the one at the end of a full name: some tools write that instead. */
function tagOf(text: string): string {
  return isTag(text) ? text : tagOfName(text);
}

async function checkVersion(archive: TarArchive): Promise<void> {
  const raw = await archive.small("oci-layout", 4096);
  if (raw === undefined) return;
  try {
    const { imageLayoutVersion } = JSON.parse(new TextDecoder().decode(raw));
    if (typeof imageLayoutVersion === "string" && imageLayoutVersion.startsWith("1.")) return;
  } catch {
    // Said below.
  }
  throw new FerryError("LAYOUT_INVALID", "Archive has an oci-layout file of no known version");
}

function blobOf(archive: TarArchive, digest: Digest): StoredBytes | undefined {
  const { algorithm, encoded } = parseDigest(digest);
  const place = archive.find(`blobs/${algorithm}/${encoded}`);
  if (place === undefined) return undefined;
  return { size: place.size, read: (offset) => archive.read(place, offset) };
}
