/**
 * manifest.json of an archive, for engines that know no layouts (docker image specification v1.2).
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, parseDigest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media_type.ts";

/** Path of the list. */
export const DOCKER_PATH = "manifest.json";

/** An image that engines can load. */
export interface DockerImage {
  /** Its config. */
  readonly config: Descriptor;
  /** Its layers. */
  readonly layers: readonly Descriptor[];
}

/** An image of the list. */
export interface DockerEntry {
  /** Path of its config. */
  readonly Config: string;
  /** Its names with tags. */
  readonly RepoTags: readonly string[];
  /** Paths of its layers. */
  readonly Layers: readonly string[];
}

/** What a manifest is to engines; undefined where it is no image with a config and layers of theirs. */
export function dockerImage({ config, kind, layers }: Manifest): DockerImage | undefined {
  if (kind !== "image" || config === undefined) return undefined;
  const isImage = config.mediaType === MEDIA_TYPE.ociConfig || config.mediaType === MEDIA_TYPE.dockerConfig;
  return isImage ? { config, layers } : undefined;
}

/** The entry of an image whose config and layers are in the archive. */
export function dockerEntry({ config, layers }: DockerImage, names: readonly string[]): DockerEntry {
  return {
    Config: pathOf(config.digest),
    RepoTags: names,
    Layers: layers.map(({ digest }) => pathOf(digest)),
  };
}

function pathOf(digest: Digest): string {
  const { algorithm, encoded } = parseDigest(digest);
  return `blobs/${algorithm}/${encoded}`;
}
