/**
 * Steps: what is done to an image, one after the other.
 *
 * @module
 */
import type { Log } from "../plugin.ts";
import { formatPlatform, normalizePlatform, type Platform, samePlatform } from "../oci/platform.ts";
import type { Reference } from "../reference/reference.ts";
import type { Transport } from "../transport/transport.ts";
import { type ImageNode, imagesOf, isAttestation, type ManifestNode, platformOf } from "./tree.ts";

/** What a step works on. */
export interface Work {
  /** The image. */
  readonly root: ManifestNode;
  /** Serves references of other images. */
  readonly transport: (reference: Reference) => Promise<Transport>;
  /** What may surprise. */
  readonly log: Log;
  /** Stops the work. */
  readonly signal: AbortSignal;
  /** Content of descriptors up to this size goes into their `data` field; undefined leaves that as it is. */
  dataMax: number | undefined;
}

/** Changes an image. Steps are done in their order, each on the whole image, and the content of layers is written when all are done. */
export type Step = (work: Work) => void | Promise<void>;

/** The images that a step is for: those of some platforms, or all. */
export function imagesFor(work: Work, platforms: readonly Platform[]): ImageNode[] {
  const images = imagesOf(work.root);
  if (platforms.length === 0) return images;
  const found = images.filter((image) => isOf(image, platforms));
  if (found.length === 0) work.log.warn(`No image is for platform ${platforms.map(formatPlatform).join(" or ")}`);
  return found;
}

/** The images that run somewhere: no attestations. */
export function realImages(work: Work): ImageNode[] {
  return imagesOf(work.root).filter((image) => !isAttestation(image));
}

/** True for an image of one of the platforms. */
export function isOf(image: ImageNode, platforms: readonly Platform[]): boolean {
  const own = normalizePlatform(platformOf(image));
  return platforms.some((platform) => samePlatform(own, platform));
}
