/**
 * Archives of `docker save`: manifest.json names a config and layers, uncompressed as a rule (docker image specification v1.2).
 *
 * @module
 */
import { compress, decompress, DETECT_BYTES, detectCompression } from "../archive/compression.ts";
import { cleanEntryPath } from "../archive/entry_path.ts";
import { FerryError } from "../errors.ts";
import { type Descriptor, isJsonObject } from "../oci/descriptor.ts";
import { type Digest, digestOf, DigestVerifier } from "../oci/digest.ts";
import { parseImageConfig } from "../oci/image_config.ts";
import { buildManifest, type Manifest, MANIFEST_MAX_BYTES } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media_type.ts";
import { tagOfName } from "./choose.ts";
import type { ArchiveContent, ArchiveEntry, StoredBytes } from "./content.ts";
import { RandomFile } from "./random_file.ts";
import type { TarArchive, TarPlace } from "./tar_index.ts";

/** An image of the archive. */
export interface SavedImage {
  /** Path of the config. */
  readonly config: string;
  /** Names with tags. */
  readonly names: readonly string[];
  /** Paths of the layers, the first one first. */
  readonly layers: readonly string[];
}

/** Images of an archive made into manifests; the layers that had to be compressed are kept until it is disposed of. */
export interface DockerContent extends ArchiveContent, AsyncDisposable {}

/**
 * Images that manifest.json lists; undefined where there is none.
 *
 * @throws {FerryError} ARCHIVE_INVALID
 */
export async function savedImages(archive: TarArchive): Promise<readonly SavedImage[] | undefined> {
  const raw = await archive.small("manifest.json", MANIFEST_MAX_BYTES);
  if (raw === undefined) return undefined;
  let list: unknown;
  try {
    list = JSON.parse(new TextDecoder().decode(raw));
  } catch (cause) {
    throw invalid("manifest.json is not JSON", cause);
  }
  if (!Array.isArray(list)) throw invalid("manifest.json is not a list");
  return list.map((item: unknown) => {
    const texts = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((text) => typeof text === "string");
    if (!isJsonObject(item) || typeof item.Config !== "string" || !texts(item.Layers ?? [])) {
      throw invalid("an image of manifest.json has no Config or no Layers");
    }
    return {
      config: cleanEntryPath(item.Config),
      names: texts(item.RepoTags) ? item.RepoTags : [],
      layers: ((item.Layers ?? []) as string[]).map(cleanEntryPath),
    };
  });
}

/**
 * One image as a manifest with its blobs. Layers that are not compressed are compressed with gzip, so that they get digests of their
 * own; every layer is compared with the config's diff_ids on the way.
 *
 * @throws {FerryError} ARCHIVE_INVALID, DIGEST_MISMATCH where a layer is not what the config says, IO
 */
export async function dockerContent(archive: TarArchive, image: SavedImage): Promise<DockerContent> {
  const raw = await archive.small(image.config, MANIFEST_MAX_BYTES);
  if (raw === undefined) throw invalid(`"${image.config}", the config of an image, is missing`);
  const { rootfs: { diff_ids: diffIds } } = parseImageConfig(raw);
  if (diffIds.length !== image.layers.length) {
    throw invalid(`the config names ${diffIds.length} layers, manifest.json ${image.layers.length}`);
  }
  const blobs = new Map<Digest, StoredBytes>();
  const spools: RandomFile[] = [];
  const dispose = async () => {
    for (const spool of spools) await spool[Symbol.asyncDispose]();
  };
  try {
    const layers: Descriptor[] = [];
    const known = new Map<string, Layer>();
    for (const [at, path] of image.layers.entries()) {
      const place = archive.find(path);
      if (place === undefined) throw invalid(`"${path}", a layer, is missing`);
      // Empty layers are often one file that is named many times.
      const key = `${place.offset} ${diffIds[at]}`;
      const layer = known.get(key) ?? await layerOf(archive, place, path, diffIds[at]!, spools);
      known.set(key, layer);
      blobs.set(layer.descriptor.digest, layer.bytes);
      layers.push(layer.descriptor);
    }
    const config = { mediaType: MEDIA_TYPE.dockerConfig, digest: digestOf(raw), size: raw.byteLength };
    blobs.set(config.digest, memory(raw));
    const manifest = buildManifest(
      { schemaVersion: 2, mediaType: MEDIA_TYPE.dockerManifest, config, layers },
      MEDIA_TYPE.dockerManifest,
    );
    blobs.set(manifest.descriptor.digest, memory(new Uint8Array(manifest.raw)));
    return { entries: entriesOf(manifest, image), find: (digest) => blobs.get(digest), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function entriesOf({ descriptor }: Manifest, { names }: SavedImage): ArchiveEntry[] {
  const entry = (name: string) => ({ descriptor, name, tag: tagOfName(name) });
  return names.length === 0 ? [{ descriptor, name: "", tag: "" }] : names.map(entry);
}

interface Layer {
  readonly descriptor: Descriptor;
  readonly bytes: StoredBytes;
}

async function layerOf(
  archive: TarArchive,
  place: TarPlace,
  path: string,
  diffId: Digest,
  spools: RandomFile[],
): Promise<Layer> {
  const [start = new Uint8Array(0)] = await Array.fromAsync(
    archive.read({ ...place, size: Math.min(place.size, DETECT_BYTES) }),
  );
  const compression = detectCompression(start);
  const packed = new DigestVerifier();
  const plain = new DigestVerifier();
  let bytes: StoredBytes;
  if (compression === "none") {
    const spool = await RandomFile.spool(counted(compress(counted(archive.read(place), plain), "gzip"), packed));
    spools.push(spool);
    bytes = { size: spool.size, read: (offset) => spool.read(offset, spool.size - offset) };
  } else {
    for await (const piece of decompress(counted(archive.read(place), packed), compression)) plain.update(piece);
    bytes = { size: place.size, read: (offset) => archive.read(place, offset) };
  }
  plain.verify(diffId, undefined, `layer "${path}"`);
  const mediaType = compression === "zstd" ? MEDIA_TYPE.ociLayerZstd : MEDIA_TYPE.dockerLayerGzip;
  return { descriptor: { mediaType, digest: packed.digest(), size: bytes.size }, bytes };
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  verifier: DigestVerifier,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) {
    verifier.update(piece);
    yield piece;
  }
}

function memory(bytes: Uint8Array<ArrayBuffer>): StoredBytes {
  return {
    size: bytes.byteLength,
    async *read(offset) {
      yield await Promise.resolve(bytes.subarray(offset));
    },
  };
}

function invalid(why: string, cause?: unknown): FerryError {
  return new FerryError("ARCHIVE_INVALID", `Archive is not valid: ${why}`, cause === undefined ? {} : { cause });
}
