/**
 * Media types of layers: family, compression, and whether they may be passed on (image-spec, layer.md; Docker image manifest V2).
 *
 * @module
 */
import type { Compression } from "../archive/compression.ts";

/** Whose media types a manifest speaks. */
export type Family = "oci" | "docker";

/** What a layer's media type says. */
export interface LayerType {
  /** Whose type it is. */
  readonly family: Family;
  /** How the archive is compressed. */
  readonly compression: Compression;
  /** Its content is had from elsewhere ("non-distributable", "foreign"). */
  readonly foreign: boolean;
}

const OCI = "application/vnd.oci.image.layer";
const DOCKER = "application/vnd.docker.image.rootfs";

const TYPES: ReadonlyMap<string, LayerType> = new Map([
  [`${OCI}.v1.tar`, { family: "oci", compression: "none", foreign: false }],
  [`${OCI}.v1.tar+gzip`, { family: "oci", compression: "gzip", foreign: false }],
  [`${OCI}.v1.tar+zstd`, { family: "oci", compression: "zstd", foreign: false }],
  [`${OCI}.nondistributable.v1.tar`, { family: "oci", compression: "none", foreign: true }],
  [`${OCI}.nondistributable.v1.tar+gzip`, { family: "oci", compression: "gzip", foreign: true }],
  [`${OCI}.nondistributable.v1.tar+zstd`, { family: "oci", compression: "zstd", foreign: true }],
  [`${DOCKER}.diff.tar`, { family: "docker", compression: "none", foreign: false }],
  [`${DOCKER}.diff.tar.gzip`, { family: "docker", compression: "gzip", foreign: false }],
  [`${DOCKER}.diff.tar.zstd`, { family: "docker", compression: "zstd", foreign: false }],
  [`${DOCKER}.foreign.diff.tar.gzip`, { family: "docker", compression: "gzip", foreign: true }],
]);

/** What a media type says of a layer; undefined where it is no archive that is known. */
export function layerTypeOf(mediaType: string): LayerType | undefined {
  return TYPES.get(mediaType);
}

/** The media type of such a layer; undefined where the family has none. */
export function mediaTypeOf(type: LayerType): string | undefined {
  return [...TYPES].find(([, known]) =>
    known.family === type.family && known.compression === type.compression && known.foreign === type.foreign
  )?.[0];
}

/** Types that a new layer may have. */
export const NEW_LAYER_TYPES: readonly string[] = [...TYPES].filter(([, { foreign }]) => !foreign).map(([name]) =>
  name
);
