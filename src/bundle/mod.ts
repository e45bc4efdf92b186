/**
 * Bundles: many images in one archive, for places without a network.
 *
 * @module
 */
export { createBundle, type CreatedBundle, type CreateOptions } from "./create.ts";
export { type BundleSource, gather, type Gathered, type GatheredImage, type GatherOptions } from "./gather.ts";
export type { BundleContent, BundleImage, BundleIndex, IdentifiedIndex } from "./form.ts";
export { Bundle, indexIn, readBundleIndex } from "./read.ts";
export { type BundleImageSource, BundleSet, type BundleTarget } from "./transport.ts";
export { type BundleFinding, type VerifiedBundle, verifyBundle, type VerifyBundleOptions } from "./verify.ts";
export type { HashTask } from "../file/hash_program.ts";
export type { HashThreads, HashThreadsOptions } from "../file/hash_threads.ts";
export {
  checkVolumes,
  type CheckVolumesOptions,
  findVolumes,
  missingVolumes,
  type Volume,
  type Volumes,
} from "./volumes.ts";
export { writeVolumes, type WrittenVolume } from "./write_volumes.ts";
