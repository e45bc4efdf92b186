/**
 * Changing images.
 *
 * @module
 */
export type { Change } from "./finish_config.ts";
export type { LayerContent, NewContent } from "./layer/content.ts";
export type { EntryEdit } from "./layer/entry_edit.ts";
export { packFolder } from "./layer/pack_folder.ts";
export type { Scratch, ScratchOptions } from "./layer/scratch.ts";
export { NEW_LAYER_TYPES } from "./layer_type.ts";
export type { Attached } from "./referrers.ts";
export { rewriteImage, type RewriteOptions, type RewriteResult } from "./rewrite.ts";
export type { Step, Work } from "./step.ts";
export {
  annotate,
  annotateBase,
  type AnnotationScope,
  labelsToAnnotations,
  promoteAnnotations,
} from "./steps/annotations.ts";
export { attestationsToReferrers } from "./steps/attestations.ts";
export { OtherImage } from "./steps/base_layers.ts";
export { literal, removeBuildArg } from "./steps/build_args.ts";
export {
  setConfigList,
  setConfigPlatform,
  setConfigText,
  setEnv,
  setLabel,
  setListed,
  type TextField,
} from "./steps/config.ts";
export { setDataMax } from "./steps/data.ts";
export {
  addLayer,
  clearOwnerNames,
  type LayerToAdd,
  removeLayerAt,
  removeLayersCreatedBy,
  stripFile,
} from "./steps/layers.ts";
export { compressLayers, convertTo, removeExternalUrls, setDigestAlgorithm } from "./steps/media_types.ts";
export { type Moment, parseMoment } from "./steps/moment.ts";
export { rebase, rebaseByAnnotations } from "./steps/rebase.ts";
export { setConfigTime, setFileTarTime, setLayerTime, type TimeOptions } from "./steps/time.ts";
export type { AddedLayer, ConfigNode, ContentPlace, EntryNode, ImageNode, LayerNode, ManifestNode } from "./tree.ts";
